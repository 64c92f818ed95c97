//! The contrast of what stands on what, computed from `static/tokens.css` in both themes and all palettes.
//!
//! WCAG 2.2, 1.4.3: 4.5:1 for text; 1.4.11: 3:1 for what tells controls and states apart.
#![allow(missing_docs, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../static/tokens.css");

const TEXT: f64 = 4.5;
const SIGN: f64 = 3.0;

/// (text, what it stands on from the bottom up, least contrast)
const PAIRS: &[(&str, &[&str], f64)] = &[
    ("text", &["ground"], TEXT),
    ("text", &["panel"], TEXT),
    ("text", &["raised"], TEXT),
    ("text", &["hover"], TEXT),
    ("text", &["chosen"], TEXT),
    ("text", &["panel", "up-soft"], TEXT),
    ("text", &["panel", "down-soft"], TEXT),
    ("text", &["tile-up1"], TEXT),
    ("text", &["tile-up2"], TEXT),
    ("text", &["tile-up3"], TEXT),
    ("text", &["tile-down1"], TEXT),
    ("text", &["tile-down2"], TEXT),
    ("text", &["tile-down3"], TEXT),
    ("text-dim", &["ground"], TEXT),
    ("text-dim", &["panel"], TEXT),
    ("text-dim", &["raised"], TEXT),
    ("text-dim", &["panel", "up-soft"], TEXT),
    ("text-dim", &["panel", "down-soft"], TEXT),
    ("text-faint", &["ground"], TEXT),
    ("text-faint", &["panel"], TEXT),
    ("text-faint", &["raised"], TEXT),
    ("accent", &["panel"], TEXT),
    ("accent", &["raised"], TEXT),
    ("on-accent", &["accent"], TEXT),
    ("warn", &["panel"], TEXT),
    ("warn", &["raised"], TEXT),
    ("up", &["panel"], TEXT),
    ("up", &["hover"], TEXT),
    ("up", &["chosen"], TEXT),
    ("up", &["panel", "up-soft"], TEXT),
    ("up", &["panel", "up-lit"], TEXT),
    ("up", &["chosen", "up-lit"], TEXT),
    ("down", &["panel"], TEXT),
    ("down", &["hover"], TEXT),
    ("down", &["chosen"], TEXT),
    ("down", &["panel", "down-soft"], TEXT),
    ("down", &["panel", "down-lit"], TEXT),
    ("down", &["chosen", "down-lit"], TEXT),
    ("text", &["panel", "up-lit"], TEXT),
    ("text", &["panel", "down-lit"], TEXT),
    ("text-dim", &["panel", "up-lit"], TEXT),
    ("text-dim", &["panel", "down-lit"], TEXT),
    ("line-0", &["panel"], TEXT),
    ("line-1", &["panel"], TEXT),
    ("line-2", &["panel"], TEXT),
    ("line-3", &["panel"], TEXT),
    ("line-4", &["panel"], TEXT),
    ("line-5", &["panel"], TEXT),
    ("accent", &["ground"], SIGN),
    ("accent", &["hairline"], SIGN),
];

/// Red, green, blue from 0 to 255, and how much of it there is from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Colour([f64; 3], f64);

#[derive(Clone, Copy, Debug)]
enum Theme {
    Light,
    Dark,
}

/// The tokens of a palette: those of `:root`, and over them those of `:root[data-palette="..."]`.
fn palette(name: &str) -> BTreeMap<&'static str, &'static str> {
    let mut tokens = BTreeMap::new();
    let (settled, _) = TOKENS.split_once("@media").expect("the wish for contrast comes last");
    for rule in settled.split('}') {
        let Some((selector, body)) = rule.split_once('{') else { continue };
        let selector = selector.rsplit("*/").next().expect("split gives one").trim();
        if selector == ":root" || selector == format!(":root[data-palette=\"{name}\"]") {
            let lines =
                body.split(';').filter_map(|line| line.rsplit("*/").next()?.trim().strip_prefix("--"));
            tokens.extend(lines.filter_map(|line| line.split_once(": ")));
        }
    }
    tokens
}

fn colour(value: &str, theme: Theme, tokens: &BTreeMap<&str, &str>) -> Colour {
    let inside = |function: &str| value.strip_prefix(function)?.strip_suffix(')');
    if let Some(hex) = value.strip_prefix('#') {
        let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal"));
        return Colour([part(0), part(2), part(4)], 1.0);
    }
    if let Some(name) = inside("var(--") {
        return colour(tokens[name], theme, tokens);
    }
    if let Some(pair) = inside("light-dark(") {
        let (light, dark) = pair.split_once(", ").expect("two colours");
        return colour(if matches!(theme, Theme::Light) { light } else { dark }, theme, tokens);
    }
    if let Some(parts) = inside("rgb(") {
        let numbers: Vec<f64> = parts.split([' ', '/']).filter_map(|part| part.parse().ok()).collect();
        return Colour([numbers[0], numbers[1], numbers[2]], numbers[3]);
    }
    let mix = inside("color-mix(in srgb, ").unwrap_or_else(|| panic!("can't read {value}"));
    let (over, ground) = mix.split_once(", ").expect("two colours");
    let (over, percent) = over.split_once(' ').expect("a colour and its share");
    let share: f64 = percent.trim_end_matches('%').parse().expect("a number");
    let Colour(over, _) = colour(over, theme, tokens);
    Colour(over, share / 100.0).on(colour(ground, theme, tokens))
}

impl Colour {
    /// It, laid over an opaque one.
    fn on(self, ground: Self) -> Self {
        let mix = |at: usize| self.0[at] * self.1 + ground.0[at] * (1.0 - self.1);
        Self([mix(0), mix(1), mix(2)], 1.0)
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |part: f64| {
            let part = part / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn what_is_to_be_read_can_be_read() {
    let mut faults = Vec::new();
    for name in ["teal", "blue", "green", "east"] {
        let tokens = palette(name);
        for theme in [Theme::Light, Theme::Dark] {
            let token = |name: &str| colour(tokens[name], theme, &tokens);
            for (text, grounds, least) in PAIRS {
                let layers = grounds.iter().map(|ground| token(ground));
                let ground = layers.reduce(|below, above| above.on(below)).expect("one at least");
                let found = contrast(token(text), ground);
                if found < *least {
                    faults.push(format!("{name}, {theme:?}: {text} on {grounds:?} has {found:.2}:1"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn contrast_is_computed_as_the_standard_says() {
    let none = BTreeMap::new();
    let read = |value| colour(value, Theme::Light, &none);
    assert!((contrast(read("#ffffff"), read("#000000")) - 21.0).abs() < 1e-9);
    assert!((contrast(read("#777777"), read("#ffffff")) - 4.48).abs() < 0.005);
    assert_eq!(read("color-mix(in srgb, #000000 50%, #ffffff)"), Colour([127.5; 3], 1.0));
    assert_eq!(read("light-dark(rgb(1 2 3 / 0.5), #000000)"), Colour([1.0, 2.0, 3.0], 0.5));
}

#[test]
fn every_palette_says_what_it_changes_whole() {
    for name in ["blue", "green", "east"] {
        let (own, base) = (palette(name), palette("teal"));
        let changed = |token: &str| own[token] != base[token];
        assert_eq!(changed("up"), changed("up-soft"), "{name}");
        assert_eq!(changed("down"), changed("down-lit"), "{name}");
    }
}
