//! A date or time as a template sees it: printed as Python prints it, with the attributes and methods that need no clock.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, from_args};
use minijinja::{Error, ErrorKind, State, Value};

/// `1970-01-01`, or `1970-01-01 00:00:00` with a fraction and an offset.
#[derive(Debug)]
pub(super) struct Moment {
    text: String,
}

impl Moment {
    pub fn value(text: String) -> Value {
        Value::from_object(Moment { text })
    }

    /// The digits between two places.
    fn digits(&self, from: usize, to: usize) -> u32 {
        self.text.get(from..to).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    fn has_time(&self) -> bool {
        self.text.len() > "1970-01-01".len()
    }

    fn microsecond(&self) -> u32 {
        let fraction = self.text.get(19..).and_then(|rest| rest.strip_prefix('.')).unwrap_or("");
        fraction.get(..6).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    fn attribute(&self, name: &str) -> Option<u32> {
        let is_time = |value: u32| self.has_time().then_some(value);
        match name {
            "year" => Some(self.digits(0, 4)),
            "month" => Some(self.digits(5, 7)),
            "day" => Some(self.digits(8, 10)),
            "hour" => is_time(self.digits(11, 13)),
            "minute" => is_time(self.digits(14, 16)),
            "second" => is_time(self.digits(17, 19)),
            "microsecond" => is_time(self.microsecond()),
            _ => None,
        }
    }

    /// `None` where a directive needs a calendar or a locale.
    fn formatted(&self, format: &str) -> Option<String> {
        let mut output = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                output.push(c);
                continue;
            }
            output.push_str(&match chars.next()? {
                'Y' => format!("{:04}", self.digits(0, 4)),
                'y' => format!("{:02}", self.digits(2, 4)),
                'm' => format!("{:02}", self.digits(5, 7)),
                'd' => format!("{:02}", self.digits(8, 10)),
                'H' => format!("{:02}", self.digits(11, 13)),
                'M' => format!("{:02}", self.digits(14, 16)),
                'S' => format!("{:02}", self.digits(17, 19)),
                'f' => format!("{:06}", self.microsecond()),
                'F' => self.text.get(..10)?.to_owned(),
                '%' => "%".to_owned(),
                _ => return None,
            });
        }
        Some(output)
    }
}

impl Object for Moment {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?).map(Value::from)
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, arguments: &[Value]) -> Result<Value, Error> {
        let unknown = || Error::from(ErrorKind::UnknownMethod);
        match method {
            "strftime" => {
                let (format,): (&str,) = from_args(arguments)?;
                self.formatted(format).map(Value::from).ok_or_else(unknown)
            }
            "isoformat" if arguments.is_empty() => Ok(Value::from(self.text.replacen(' ', "T", 1))),
            "date" if arguments.is_empty() && self.has_time() => {
                Ok(Moment::value(self.text.get(..10).unwrap_or("").to_owned()))
            }
            _ => Err(unknown()),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
