//! Settings with a few named values: the word that is stored, and the words that a person reads.

/// Declares an enum with a stored word and a label for each value.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// All values, in the order in which they are offered.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is stored, and as stylesheets know it.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// As a person reads it.
            pub(crate) const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The value of that word.
            pub(crate) fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }
    };
}

pub(crate) use choice;

choice! {
    /// Dark or light.
    Theme {
        /// As the system wishes.
        #[default] System = "system", "As the system";
        /// Light on dark.
        Dark = "dark", "Dark";
        /// Dark on light.
        Light = "light", "Light";
    }
}

choice! {
    /// The colours of up and down.
    Palette {
        /// They differ in lightness and in blue.
        #[default] Teal = "teal", "Teal and red";
        /// For those who can't tell red from green: 1 in 12 men.
        Blue = "blue", "Blue and orange (colour-blind safe)";
        /// As most exchanges have it.
        Green = "green", "Green and red";
        /// As in East Asia.
        East = "east", "Red up, green down";
    }
}

choice! {
    /// How much stands in a panel.
    Density {
        /// For a mouse, and for long days.
        #[default] Regular = "regular", "Regular";
        /// More rows.
        Compact = "compact", "Compact";
        /// For fingers, and for tired eyes.
        Roomy = "roomy", "Roomy";
    }
}

choice! {
    /// Whether prices flash.
    Motion {
        /// As the system wishes.
        #[default] System = "system", "As the system";
        /// Nothing flashes or slides.
        Reduced = "reduced", "Reduced";
    }
}

choice! {
    /// Whether single keys do something. Who dictates, or hits keys by accident, turns that off (WCAG 2.1.4).
    Keys {
        /// They do.
        #[default] On = "on", "On";
        /// Only those with Ctrl, Cmd or Alt.
        Off = "off", "Off";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back() {
        for palette in Palette::ALL {
            assert_eq!(Palette::of(palette.word()), Some(*palette));
        }
        assert_eq!(Theme::of("blue"), None);
        assert_eq!(Theme::default(), Theme::System);
    }
}
