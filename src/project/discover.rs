//! Where the project is: from the current folder upwards, or below it if there is just one.
