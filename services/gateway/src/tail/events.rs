//! The events of a data frame, each as the server wrote it.

use serde::de::IgnoredAny;
use serde_json::Error;

/// The elements of a JSON array, byte for byte. After an error there are no more.
pub(super) fn split(array: &str) -> impl Iterator<Item = Result<&str, Error>> {
    let mut rest =
        array.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::trim_start);
    std::iter::from_fn(move || {
        let text = rest.take().filter(|text| !text.is_empty())?;
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
        let value = values.next()?;
        let (element, after) = text.split_at(values.byte_offset());
        rest = after.trim_start().strip_prefix(',').map(str::trim_start);
        Some(value.map(|_| element.trim_end()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::error::Category;

    fn check(array: &str, expected: &[&str]) {
        let found: Result<Vec<_>, _> = split(array).collect();
        assert_eq!(found.unwrap(), expected, "{array}");
    }

    #[test]
    fn elements_keep_their_bytes() {
        check("[]", &[]);
        check("[{\"a\":[1,{}]}]", &["{\"a\":[1,{}]}"]);
        check(" [ {\"a\" : \"],[\"} ,{\"b\":1.50}\n] ", &["{\"a\" : \"],[\"}", "{\"b\":1.50}"]);
        let cut: Vec<_> =
            split("[{\"a\":1},{\"b\"]").map(|element| element.map_err(|error| error.classify())).collect();
        assert_eq!(cut, [Ok("{\"a\":1}"), Err(Category::Eof)]);
    }
}
