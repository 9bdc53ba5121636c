//! Declares the mappings and words of the blueprint: type, reader and schema from one list.

/// Declares a mapping of the blueprint: the struct, its reader, and its schema, from one list of fields.
macro_rules! record {
    (
        $(#[doc = $doc:literal])+
        pub struct $Name:ident as $what:literal {
            $( $(#[doc = $about:literal])+ pub $field:ident $(= $key:literal)? : $Type:ty, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub struct $Name {
            /// Where it stands.
            pub span: $crate::diagnostic::Span,
            $( $(#[doc = $about])+ pub $field: $Type, )+
        }

        impl $Name {
            /// Its keys, in order.
            pub const KEYS: &'static [&'static str] =
                &[$( $crate::blueprint::decode::key!($field $(, $key)?) ),+];
        }

        impl $crate::blueprint::decode::Decode for $Name {
            fn decode(
                node: &$crate::yaml::Node,
                problems: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                use $crate::blueprint::decode::{field, fields, key};
                fields(node, $what, Self::KEYS, problems)?;
                $( let $field = field(
                    node, $what, (key!($field $(, $key)?), concat!($($about),+)), problems,
                ); )+
                Some(Self { span: node.span, $( $field: $field?, )+ })
            }

            fn schema(
                definitions: &mut $crate::blueprint::definitions::Definitions,
            ) -> serde_json::Value {
                use $crate::blueprint::decode::key;
                use $crate::blueprint::definitions::Property;
                definitions.record(stringify!($Name), concat!($($doc),+), &[
                    $( Property::of::<$Type>(key!($field $(, $key)?), concat!($($about),+)) ),+
                ])
            }
        }
    };
}

macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident, $key:literal) => {
        $key
    };
}

/// Declares a word of the blueprint that is one of a few.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        pub enum $Name:ident as $what:literal {
            $( $(#[doc = $about:literal])+ $Variant:ident = $word:literal, )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum $Name {
            $( $(#[doc = $about])+ $Variant, )+
        }

        impl $Name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$( Self::$Variant ),+];

            /// Returns the word as the blueprint has it.
            pub fn word(self) -> &'static str {
                match self { $( Self::$Variant => $word, )+ }
            }
        }

        impl $crate::blueprint::decode::Decode for $Name {
            fn decode(
                node: &$crate::yaml::Node,
                problems: &mut $crate::diagnostic::Problems,
            ) -> Option<Self> {
                let word = String::decode(node, problems)?;
                let found = Self::ALL.iter().copied().find(|choice| choice.word() == word);
                if found.is_none() {
                    problems.add($crate::diagnostic::Diagnostic::error(
                        "unknown-word", node.span, format!("unknown {} `{word}`", $what),
                    ).suggest(&word, [$( $word ),+]));
                }
                found
            }

            fn placeholder(_span: $crate::diagnostic::Span) -> Option<Self> {
                Self::ALL.last().copied()
            }

            fn schema(
                definitions: &mut $crate::blueprint::definitions::Definitions,
            ) -> serde_json::Value {
                let words = serde_json::json!({"enum": [$( $word ),+]});
                definitions.add(stringify!($Name), words)
            }
        }
    };
}

pub(crate) use {choice, key, record};
