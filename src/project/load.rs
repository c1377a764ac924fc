//! All files of a project, read in parallel, into one [`super::Project`].
