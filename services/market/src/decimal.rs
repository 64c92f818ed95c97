//! Exact decimal numbers: what prices and quantities look like on the wire, in files and on screens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// The most digits that may follow the point.
pub const DECIMAL_SCALE_MAX: u8 = 18;

/// The most characters that a decimal may have: an `i128` has 39 digits, and a sign and a point.
const DECIMAL_CHARS_MAX: usize = 41;

/// `mantissa` x 10^-`scale`, shown with exactly `scale` digits after the point.
///
/// Equality is of the representation: `1.0` and `1.00` differ. Serialised as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits, without the point.
    pub mantissa: i128,
    /// How many of the digits stand after the point; at most [`DECIMAL_SCALE_MAX`].
    pub scale: u8,
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a decimal number: expected digits with an optional sign and point, such as 0.05, at most {DECIMAL_SCALE_MAX} digits after the point"
)]
pub struct ParseDecimalError {
    text: String,
}

impl Decimal {
    /// `mantissa` x 10^-`scale`.
    #[must_use]
    pub const fn new(mantissa: i128, scale: u8) -> Self {
        Self { mantissa, scale }
    }

    /// The nearest floating-point number: for drawing and statistics, never for prices.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "drawing needs no more than 53 bits")]
    pub fn to_f64(self) -> f64 {
        // Most fit 64 bits, which a processor converts by itself.
        let mantissa =
            i64::try_from(self.mantissa).map_or_else(|_| self.mantissa as f64, |small| small as f64);
        mantissa / POW10_FLOAT[usize::from(self.scale)]
    }

    /// The same number with `scale` digits after the point, or `None` if it has none such or overflows.
    #[must_use]
    pub fn rescale(self, scale: u8) -> Option<Self> {
        if scale > DECIMAL_SCALE_MAX {
            return None;
        }
        let mantissa = if scale >= self.scale {
            self.mantissa.checked_mul(POW10[usize::from(scale - self.scale)])?
        } else {
            let divisor = POW10[usize::from(self.scale - scale)];
            if self.mantissa % divisor != 0 {
                return None;
            }
            self.mantissa / divisor
        };
        Some(Self { mantissa, scale })
    }

    /// Appends the text to `out`, without an allocation of its own.
    pub fn write_to(self, out: &mut Vec<u8>) {
        self.write_pieces(|piece| out.extend_from_slice(piece));
    }

    /// Hands the text to `write` piece by piece.
    fn write_pieces(self, mut write: impl FnMut(&[u8])) {
        let mut digits = itoa::Buffer::new();
        if self.mantissa < 0 {
            write(b"-");
        }
        let magnitude = self.mantissa.unsigned_abs();
        // 64-bit formatting is several times faster, and prices fit.
        let text = match u64::try_from(magnitude) {
            Ok(small) => digits.format(small),
            Err(_) => digits.format(magnitude),
        }
        .as_bytes();
        let scale = usize::from(self.scale);
        if text.len() > scale {
            let (whole, fraction) = text.split_at(text.len() - scale);
            write(whole);
            if scale > 0 {
                write(b".");
                write(fraction);
            }
        } else {
            write(b"0.");
            (0..scale - text.len()).for_each(|_| write(b"0"));
            write(text);
        }
    }
}

/// 10^n for n up to [`DECIMAL_SCALE_MAX`].
const POW10: [i128; DECIMAL_SCALE_MAX as usize + 1] = {
    let mut powers = [1; DECIMAL_SCALE_MAX as usize + 1];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

/// The same as floating-point numbers.
const POW10_FLOAT: [f64; POW10.len()] = {
    let mut powers = [1.0; POW10.len()];
    let mut n = 0;
    while n < powers.len() {
        #[allow(clippy::cast_precision_loss, reason = "10^18 is exact, as 5^18 has 42 bits")]
        let power = POW10[n] as f64;
        powers[n] = power;
        n += 1;
    }
    powers
};

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(DECIMAL_CHARS_MAX);
        self.write_to(&mut text);
        f.pad(&String::from_utf8_lossy(&text))
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseDecimalError { text: text.chars().take(DECIMAL_CHARS_MAX).collect() })
    }
}

fn parse(text: &str) -> Option<Decimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = u8::try_from(fraction.len()).ok().filter(|scale| *scale <= DECIMAL_SCALE_MAX)?;
    if whole.is_empty() || (fraction.is_empty() && digits.contains('.')) {
        return None;
    }
    let magnitude = if digits.len() <= SMALL_DIGITS_MAX {
        i128::from(small(whole.bytes().chain(fraction.bytes()))?)
    } else {
        large(whole.bytes().chain(fraction.bytes()))?
    };
    Some(Decimal { mantissa: if negative { -magnitude } else { magnitude }, scale })
}

/// So many digits fit a `u64`, whose arithmetic is several times faster than that of an `i128`, in a browser above all.
const SMALL_DIGITS_MAX: usize = 19;

fn small(mut digits: impl Iterator<Item = u8>) -> Option<u64> {
    digits.try_fold(0, |magnitude, digit| Some(magnitude * 10 + u64::from(value(digit)?)))
}

fn large(mut digits: impl Iterator<Item = u8>) -> Option<i128> {
    digits
        .try_fold(0i128, |magnitude, digit| magnitude.checked_mul(10)?.checked_add(i128::from(value(digit)?)))
}

fn value(digit: u8) -> Option<u8> {
    digit.is_ascii_digit().then(|| digit - b'0')
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.scale > DECIMAL_SCALE_MAX {
            return serializer.collect_str(self);
        }
        let (mut text, mut used) = ([0; DECIMAL_CHARS_MAX], 0);
        self.write_pieces(|piece| {
            text[used..used + piece.len()].copy_from_slice(piece);
            used += piece.len();
        });
        serializer.serialize_str(std::str::from_utf8(&text[..used]).map_err(ser::Error::custom)?)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number as a string, such as \"0.05\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, mantissa: i128, scale: u8) {
        let decimal: Decimal = text.parse().unwrap();
        assert_eq!(decimal, Decimal::new(mantissa, scale));
        assert_eq!(decimal.to_string(), text);
    }

    #[test]
    fn parses_and_prints() {
        check("0", 0, 0);
        check("0.05", 5, 2);
        check("64000.10", 6_400_010, 2);
        check("-1.5", -15, 1);
        check("-0.5", -5, 1);
        check("1234567890123456.789", 1_234_567_890_123_456_789, 3);
        check("12345678901234567.890", 12_345_678_901_234_567_890, 3);
        check("123456789012345678901.25", 12_345_678_901_234_567_890_125, 2);
    }

    #[test]
    fn refuses_what_is_not_a_decimal() {
        for text in
            ["", ".", "1.", ".5", "1e5", "+1", "1,0", "0x1", "1.2.3", " 1", "--1", "0.1234567890123456789"]
        {
            let error = text.parse::<Decimal>().unwrap_err();
            assert!(error.to_string().contains("is not a decimal number"), "{text}: {error}");
        }
        assert!("9".repeat(60).parse::<Decimal>().is_err(), "overflow is an error");
    }

    #[test]
    fn floats_are_the_nearest_ones() {
        for text in ["0.05", "-64000.10", "0.000000000000000001", "123456789012345678901.25"] {
            let exact: f64 = text.parse().unwrap();
            let float = text.parse::<Decimal>().unwrap().to_f64();
            assert!((float - exact).abs() <= exact.abs() * f64::EPSILON, "{text}: {float}");
        }
    }

    #[test]
    fn rescales_only_exactly() {
        let price = Decimal::new(6_400_010, 2);
        assert_eq!(price.rescale(4), Some(Decimal::new(640_001_000, 4)));
        assert_eq!(price.rescale(1), Some(Decimal::new(640_001, 1)));
        assert_eq!(price.rescale(0), None);
        assert_eq!(Decimal::new(i128::MAX, 0).rescale(1), None);
    }

    proptest! {
        #[test]
        fn text_round_trips(mantissa in any::<i64>(), scale in 0..=DECIMAL_SCALE_MAX) {
            let decimal = Decimal::new(mantissa.into(), scale);
            prop_assert_eq!(decimal.to_string().parse::<Decimal>().unwrap(), decimal);
        }
    }
}
