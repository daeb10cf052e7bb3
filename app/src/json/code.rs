//! Core. A code of the core's or of the app's: `"name"`, or `{"name": value}`. `#[serde(untagged)]`, and serde's reader of the core's
//! many codes, would be a larger download.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

/// The codes of the core: by their names.
pub trait CoreCode: FromStr {
    /// The code of this name, with its value.
    ///
    /// # Errors
    /// It has no value, or another one.
    fn with_value<'de, V: VariantAccess<'de>>(self, value: V) -> Result<Self, V::Error>;
}

/// Reads a code: of the core, if it has one of that name, else of the app.
///
/// # Errors
/// Neither has it.
pub fn core_or_app<'de, D, Core, App, Code>(
    deserializer: D,
    core: fn(Core) -> Code,
    app: fn(App) -> Code,
) -> Result<Code, D::Error>
where
    D: Deserializer<'de>,
    Core: CoreCode,
    App: Deserialize<'de>,
{
    let codes = Codes(core, app, PhantomData);
    deserializer.deserialize_enum("code", &[], codes)
}

struct Codes<'de, Core, App, Code>(fn(Core) -> Code, fn(App) -> Code, PhantomData<&'de ()>);

impl<'de, Core: CoreCode, App: Deserialize<'de>, Code> Visitor<'de>
    for Codes<'de, Core, App, Code>
{
    type Value = Code;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code")
    }

    fn visit_enum<E: EnumAccess<'de>>(self, data: E) -> Result<Code, E::Error> {
        let Self(core, app, _) = self;
        let (name, value) = data.variant::<String>()?;
        match Core::from_str(&name) {
            Ok(found) => found.with_value(value).map(core),
            Err(_) => App::deserialize(Named { name, value }).map(app),
        }
    }
}

/// An enum whose variant's name has been read.
struct Named<Value> {
    name: String,
    value: Value,
}

impl<'de, Value> Deserializer<'de> for Named<Value>
where
    Value: VariantAccess<'de>,
{
    type Error = Value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Value::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, Value> EnumAccess<'de> for Named<Value>
where
    Value: VariantAccess<'de>,
{
    type Error = Value::Error;
    type Variant = Value;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Value), Value::Error> {
        let name: StringDeserializer<Value::Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.value))
    }
}
