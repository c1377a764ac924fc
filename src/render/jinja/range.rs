//! `range(…)`: a sequence that is printed as Python prints it.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Environment as Jinja, Error, Value};

use super::filters::failed;

/// As in minijinja.
const MAX_LENGTH: usize = 100_000;

/// Adds the function.
pub(super) fn add(jinja: &mut Jinja<'_>) {
    jinja.add_function("range", |first: i64, second: Option<i64>, step: Option<i64>| -> Result<Value, Error> {
        let (start, stop) = second.map_or((0, first), |stop| (first, stop));
        let range = Range { start, stop, step: step.unwrap_or(1) };
        match range.length() {
            Some(length) if length <= MAX_LENGTH => Ok(Value::from_object(range)),
            _ => Err(failed("this range is too long")),
        }
    });
}

#[derive(Debug)]
struct Range {
    start: i64,
    stop: i64,
    step: i64,
}

impl Range {
    fn length(&self) -> Option<usize> {
        let (from, to) = if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        let distance = to.checked_sub(from)?.max(0);
        let step = i64::try_from(self.step.unsigned_abs()).ok().filter(|step| *step > 0)?;
        usize::try_from(distance / step + i64::from(distance % step > 0)).ok()
    }
}

impl Object for Range {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_usize().filter(|at| self.length().is_some_and(|length| *at < length))?;
        let offset = i64::try_from(at).ok()?.checked_mul(self.step)?;
        self.start.checked_add(offset).map(Value::from)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.length().unwrap_or(0))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            1 => write!(f, "range({}, {})", self.start, self.stop),
            step => write!(f, "range({}, {}, {step})", self.start, self.stop),
        }
    }
}
