use std::ops::Range;
use super::{Environment, expand::Step, fragment::Fragment};
pub(super) fn render(text: &str, range: Range<usize>, _environment: &Environment<'_>) -> Step<Fragment> {
    Ok(Fragment::copied(text, range.start))
}
