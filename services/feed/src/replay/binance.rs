//! The messages of a recording, as Binance Spot sends them. Fields that are not needed are left out.

use std::borrow::Cow;

use market::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Damage;

/// How much of a damaged line an error quotes, in characters.
const QUOTE_CHARS_MAX: usize = 120;

/// What a line holds.
#[derive(Debug)]
pub(super) enum Message {
    Trade(Trade),
    BookTicker(BookTicker),
    Depth(DepthUpdate),
    Snapshot(Snapshot),
    /// Of a stream that is not played.
    Other,
}

/// `<symbol>@trade`:
/// ```json
/// {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",
///  "q":"0.02000000","T":1723161255342,"m":true,"M":true}}
/// ```
#[derive(Debug, Deserialize)]
pub(super) struct Trade {
    /// The symbol.
    #[serde(rename = "s")]
    pub(super) symbol: String,
    /// The price.
    #[serde(rename = "p")]
    pub(super) price: Decimal,
    /// The quantity.
    #[serde(rename = "q")]
    pub(super) qty: Decimal,
    /// The buyer's order was in the book: the taker sold.
    #[serde(rename = "m")]
    pub(super) buyer_is_maker: bool,
}

/// `<symbol>@bookTicker`:
/// ```json
/// {"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",
///  "a":"61837.64000000","A":"1.54698000"}}
/// ```
#[derive(Debug, Deserialize)]
pub(super) struct BookTicker {
    /// The update id of the book that it shows.
    #[serde(rename = "u")]
    pub(super) update_id: u64,
    /// The symbol.
    #[serde(rename = "s")]
    pub(super) symbol: String,
    /// The best bid.
    #[serde(rename = "b")]
    pub(super) bid: Decimal,
    /// Its quantity; 0 if there is none.
    #[serde(rename = "B")]
    pub(super) bid_qty: Decimal,
    /// The best ask.
    #[serde(rename = "a")]
    pub(super) ask: Decimal,
    /// Its quantity; 0 if there is none.
    #[serde(rename = "A")]
    pub(super) ask_qty: Decimal,
}

/// `<symbol>@depth` and `<symbol>@depth@100ms`:
/// ```json
/// {"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":50093239203,
///  "u":50093239207,"b":[["55653.87000000","0.00000000"]],"a":[["61838.04000000","0.32332000"]]}}
/// ```
#[derive(Debug, Deserialize)]
pub(super) struct DepthUpdate {
    /// The symbol.
    #[serde(rename = "s")]
    pub(super) symbol: String,
    /// The id of the first update in it.
    #[serde(rename = "U")]
    pub(super) first_id: u64,
    /// The id of the last update in it.
    #[serde(rename = "u")]
    pub(super) last_id: u64,
    /// Price and new total of each changed bid; a total of 0 removes it.
    #[serde(rename = "b")]
    pub(super) bids: Vec<(Decimal, Decimal)>,
    /// Of each changed ask.
    #[serde(rename = "a")]
    pub(super) asks: Vec<(Decimal, Decimal)>,
}

/// The answer to `GET /api/v3/depth?symbol=BTCUSDT&limit=1000`; it does not say whose it is:
/// ```json
/// {"lastUpdateId":50093239218,"bids":[["61837.63000000","3.78826000"]],"asks":[["61837.64000000","1.60520000"]]}
/// ```
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Snapshot {
    /// The id of the last update in it.
    pub(super) last_update_id: u64,
    /// Price and total of each bid.
    pub(super) bids: Vec<(Decimal, Decimal)>,
    /// Of each ask.
    pub(super) asks: Vec<(Decimal, Decimal)>,
}

/// What tells a message of a stream from a snapshot.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    stream: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Wrapped<T> {
    data: T,
}

/// Takes a line apart: its local time in nanoseconds since 1970, and its message.
pub(super) fn parse_line(line: &[u8]) -> Result<(u64, Message), Damage> {
    let bad_time = || Damage::TimeStamp { found: quote(line, 24) };
    let space = line.iter().position(|byte| *byte == b' ').ok_or_else(bad_time)?;
    let (digits, json) = (&line[..space], &line[space + 1..]);
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(bad_time());
    }
    let time = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or_else(bad_time)?;
    Ok((time, parse_message(json)?))
}

fn parse_message(json: &[u8]) -> Result<Message, Damage> {
    let head: Head<'_> = serde_json::from_slice(json).map_err(|error| not_binance(&error))?;
    let Some(stream) = head.stream else {
        return serde_json::from_slice(json).map(Message::Snapshot).map_err(|error| not_binance(&error));
    };
    let kind = stream.split_once('@').map_or("", |(_, kind)| kind);
    match kind {
        "trade" => data(json).map(Message::Trade),
        "bookTicker" => data(json).map(Message::BookTicker),
        "depth" | "depth@100ms" | "depth@1000ms" => data(json).map(Message::Depth),
        _ => Ok(Message::Other),
    }
}

fn data<T: DeserializeOwned>(json: &[u8]) -> Result<T, Damage> {
    serde_json::from_slice::<Wrapped<T>>(json)
        .map(|wrapped| wrapped.data)
        .map_err(|error| not_binance(&error))
}

fn not_binance(error: &serde_json::Error) -> Damage {
    // The line that serde_json counts is always the first.
    let text = error.to_string().replace(" at line 1 column ", " at character ");
    Damage::Message { cause: quote(text.as_bytes(), QUOTE_CHARS_MAX) }
}

fn quote(bytes: &[u8], chars_max: usize) -> String {
    let start = &bytes[..bytes.len().min(4 * chars_max)];
    String::from_utf8_lossy(start).chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str, expected: &str) {
        let text = parse_line(line.as_bytes()).unwrap_err().to_string();
        assert!(text.contains(expected), "{line}: {text}");
    }

    #[test]
    fn kinds_are_told_apart() {
        let kind = |json: &str| parse_line(format!("1 {json}").as_bytes()).unwrap().1;
        let depth =
            r#"{"stream":"btcusdt@depth","data":{"s":"BTCUSDT","U":1,"u":2,"b":[["1.00","0"]],"a":[]}}"#;
        assert!(matches!(kind(depth), Message::Depth(DepthUpdate { first_id: 1, last_id: 2, .. })));
        let snapshot = r#"{"lastUpdateId":7,"bids":[],"asks":[]}"#;
        assert!(matches!(kind(snapshot), Message::Snapshot(Snapshot { last_update_id: 7, .. })));
        assert!(matches!(kind(r#"{"stream":"btcusdt@kline_1m","data":{}}"#), Message::Other));
        let sold = r#"{"stream":"a@trade","data":{"s":"A","p":"1","q":"2","m":true}}"#;
        assert!(matches!(kind(sold), Message::Trade(Trade { buyer_is_maker: true, .. })));
    }

    #[test]
    fn what_is_wrong_is_named() {
        refused("", "it begins with ``; expected nanoseconds");
        refused("{} {}", "it begins with `{} {}`");
        refused("-5 {}", "it begins with `-5 {}`");
        refused("99999999999999999999 {}", "expected nanoseconds");
        refused("1 nonsense", "not a message that Binance sends");
        refused("1 {}", "missing field `lastUpdateId`");
        refused(
            r#"1 {"stream":"x@trade","data":{"s":"X","p":"1e5","q":"1","m":true}}"#,
            "`1e5` is not a decimal",
        );
        refused(r#"1 {"stream":"x@trade","data":{"s":"X","p":"1","#, "EOF while parsing");
    }
}
