//! Finding by a few letters in order: `btus` finds `BTC-USDT`.

/// A letter that follows the one found before it.
const IN_A_ROW: i32 = 5;
/// A letter at the start of a word.
const AT_A_WORD: i32 = 8;
/// A letter that was skipped before the first one found, up to so many.
const LATE_MAX: i32 = 10;

/// How well `text` fits `query`, the more the better; `None` if a letter is missing. Case does not matter.
pub(crate) fn score(query: &str, text: &str) -> Option<i32> {
    let wanted = query.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let text = text.as_bytes();
    let (mut score, mut at) = (0, 0);
    let mut before: Option<usize> = None;
    for letter in wanted {
        let found = at + text[at..].iter().position(|byte| byte.eq_ignore_ascii_case(&letter))?;
        let starts = found == 0 || !text[found - 1].is_ascii_alphanumeric();
        score += 1 + if starts { AT_A_WORD } else { 0 };
        match before {
            Some(before) if before + 1 == found => score += IN_A_ROW,
            Some(_) => {}
            None => score -= LATE_MAX.min(i32::try_from(found).unwrap_or(LATE_MAX)),
        }
        before = Some(found);
        at = found + 1;
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, texts: &[&'a str]) -> Option<&'a str> {
        let mut found: Vec<_> = texts.iter().filter_map(|text| Some((score(query, text)?, *text))).collect();
        found.sort_by_key(|(score, _)| -score);
        found.first().map(|(_, text)| *text)
    }

    #[test]
    fn the_best_fit_comes_first() {
        let texts = ["BTC-USDT", "ETH-USDT", "ETH-BTC", "Theme: dark", "Theme: light", "Interval 15m"];
        for (query, expected) in [
            ("btc", Some("BTC-USDT")),
            ("btus", Some("BTC-USDT")),
            ("ethb", Some("ETH-BTC")),
            ("th li", Some("Theme: light")),
            ("15", Some("Interval 15m")),
            ("xyz", None),
        ] {
            assert_eq!(best(query, &texts), expected, "{query}");
        }
    }

    #[test]
    fn letters_are_found_in_any_script() {
        assert_eq!(score("", "anything"), Some(0));
        assert_eq!(score("\u{e9}", "caf\u{e9}").map(|score| score > 0), Some(true));
        assert_eq!(score("a", ""), None);
    }
}
