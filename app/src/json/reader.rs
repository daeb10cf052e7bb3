//! Core. The values of serde out of the values of a JSON parser. Its errors carry no message: serde's would add
//! the formatting of numbers to the program in the browser.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Whole numbers are exact up to this, as in JavaScript: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value of the parser.
pub trait Parsed: Sized {
    fn is_null(&self) -> bool;
    fn as_bool(&self) -> Option<bool>;
    fn as_f64(&self) -> Option<f64>;
    fn as_string(&self) -> Option<String>;
    /// `None`: it is not an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// `None`: it is not an object.
    fn pairs(&self) -> Option<Vec<(String, Self)>>;
}

/// `None`: it is not a `T`.
pub fn read<T: DeserializeOwned>(value: impl Parsed) -> Option<T> {
    T::deserialize(Value(value)).ok()
}

#[derive(Debug)]
struct Bad;

impl fmt::Display for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Bad {}

impl Error for Bad {
    fn custom<T>(_: T) -> Self {
        Self
    }
}

struct Value<P>(P);

impl<P: Parsed> IntoDeserializer<'_, Bad> for Value<P> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, P: Parsed> Deserializer<'de> for Value<P> {
    type Error = Bad;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if let Some(truth) = self.0.as_bool() {
            visitor.visit_bool(truth)
        } else if let Some(number) = self.0.as_f64() {
            visit_number(number, visitor)
        } else if self.0.is_null() {
            visitor.visit_unit()
        } else if let Some(items) = self.0.items() {
            visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Value)))
        } else {
            self.deserialize_map(visitor)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Bad> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        visitor.visit_enum(self)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        visitor.visit_string(self.0.as_string().ok_or(Bad)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        self.deserialize_string(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        visitor.visit_unit()
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Bad> {
        let pairs = self.0.pairs().ok_or(Bad)?.into_iter();
        let pairs = pairs.map(|(key, value)| (key, Value(value)));
        visitor.visit_map(MapDeserializer::new(pairs))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it is a whole number that an i64 can hold"
)]
fn visit_number<'de, V: Visitor<'de>>(number: f64, visitor: V) -> Result<V::Value, Bad> {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        visitor.visit_i64(number as i64)
    } else {
        visitor.visit_f64(number)
    }
}

/// A variant is a text, its name, or an object of one pair: its name and its value.
impl<'de, P: Parsed> EnumAccess<'de> for Value<P> {
    type Error = Bad;
    type Variant = Variant<P>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Variant<P>), Bad> {
        let (name, value) = if let Some(name) = self.0.as_string() {
            (name, None)
        } else {
            let pairs = self.0.pairs().ok_or(Bad)?;
            let [(name, value)] = pairs.try_into().map_err(|_| Bad)?;
            (name, Some(Value(value)))
        };
        let name: StringDeserializer<Bad> = name.into_deserializer();
        Ok((seed.deserialize(name)?, Variant(value)))
    }
}

struct Variant<P>(Option<Value<P>>);

impl<'de, P: Parsed> VariantAccess<'de> for Variant<P> {
    type Error = Bad;

    fn unit_variant(self) -> Result<(), Bad> {
        match self.0 {
            Some(Value(value)) if !value.is_null() => Err(Bad),
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Bad> {
        seed.deserialize(self.0.ok_or(Bad)?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Bad> {
        self.0.ok_or(Bad)?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Bad> {
        self.0.ok_or(Bad)?.deserialize_map(visitor)
    }
}
