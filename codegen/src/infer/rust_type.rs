//! Rust types, as the generated crate names them.

/// A Rust type, by its meaning and not its spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RustType {
    /// A type that the standard library or a well-known crate has, one for each PostgreSQL type.
    Plain(Plain),
    /// A newtype of [`Catalog::ids`](super::Catalog::ids), by its name.
    Id(String),
    /// An enum of [`Catalog::enums`](super::Catalog::enums), by its name.
    Enum(String),
    /// A struct of [`Catalog::composites`](super::Catalog::composites), by its name.
    Composite(String),
    /// `Vec<T>`, or `Vec<Option<T>>`.
    Array {
        /// The element.
        element: Box<RustType>,
        /// Whether an element may be NULL.
        nullable: bool,
    },
    /// `sqlward::Range<T>`
    Range(Box<RustType>),
    /// `&[T]`, a list of structs whose fields are elements of arrays, or the parameters of each call of a batch.
    Items {
        /// The struct, in the module of the query.
        name: String,
        /// Its fields, in the order of the parameters.
        fields: Vec<ItemField>,
    },
    /// The object of a nested result, before its struct has a name.
    Object(Box<ObjectType>),
    /// The struct of such an object: one of [`Catalog::rows`](super::Catalog::rows), by its name.
    Struct(String),
    /// A path from `sqlward.toml`; the type must implement `ToSql`, `FromSql` and the row derives.
    Custom(String),
    /// The enum of a query's orders, by its name, in the module of the query.
    Sort(String),
}

/// A field of the items of a query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemField {
    /// The parameter that is the array of its values, or its value.
    pub param: String,
    /// That parameter's type, like [`Param::pg_type`](super::Param::pg_type).
    pub pg_type: String,
    /// The type.
    pub rust: RustType,
    /// Whether it is an `Option`.
    pub nullable: bool,
}

/// The types that are not defined by the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plain {
    /// `bool`
    Bool,
    /// `i8`, of `"char"`
    Char,
    /// `i16`
    Int2,
    /// `i32`
    Int4,
    /// `i64`
    Int8,
    /// `u32`, of `oid`
    Oid,
    /// `f32`
    Float4,
    /// `f64`
    Float8,
    /// `rust_decimal::Decimal`
    Numeric,
    /// `String`, given as `&str`
    Text,
    /// `Vec<u8>`, given as `&[u8]`
    Bytea,
    /// `uuid::Uuid`
    Uuid,
    /// `chrono::NaiveDate`
    Date,
    /// `chrono::NaiveTime`
    Time,
    /// `chrono::NaiveDateTime`
    Timestamp,
    /// `chrono::DateTime<chrono::Utc>`
    Timestamptz,
    /// `sqlward::Interval`
    Interval,
    /// `serde_json::Value`
    Json,
    /// `cidr::IpInet`
    Inet,
    /// `cidr::IpCidr`
    Cidr,
    /// `()`, of `void`
    Unit,
}

/// The content of an object or record in a nested result. Equal ones share a struct.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectType {
    /// Its members.
    pub fields: Vec<ObjectField>,
    /// Whether members that are null may be missing.
    pub sparse: bool,
    /// Whether it comes as a record, in PostgreSQL's binary form, and not as JSON.
    pub record: bool,
    /// The derives of the row it is in.
    pub derives: Vec<String>,
    /// The attributes of that row.
    pub attributes: Vec<String>,
}

/// A member of such an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectField {
    /// Its key.
    pub key: String,
    /// PostgreSQL's name of the value's type before it became JSON.
    pub pg_type: String,
    /// The Rust type.
    pub rust: RustType,
    /// Whether it is an `Option`.
    pub nullable: bool,
    /// The comment in the schema.
    pub docs: Vec<String>,
}

impl RustType {
    /// The spelling of the owned type in machine output and messages: `ContentId`, `i32`, `Vec<Option<String>>`.
    pub fn display(&self) -> String {
        match self {
            RustType::Plain(plain) => plain.path().to_owned(),
            RustType::Id(name)
            | RustType::Enum(name)
            | RustType::Composite(name)
            | RustType::Struct(name) => name.clone(),
            RustType::Object(_) => "an object".to_owned(),
            RustType::Array { element, nullable: false } => format!("Vec<{}>", element.display()),
            RustType::Array { element, nullable: true } => format!("Vec<Option<{}>>", element.display()),
            RustType::Range(element) => format!("sqlward::Range<{}>", element.display()),
            RustType::Items { name, .. } => format!("&[{name}]"),
            RustType::Custom(path) => path.clone(),
            RustType::Sort(name) => name.clone(),
        }
    }
}

impl Plain {
    /// The full path of the type.
    pub fn path(self) -> &'static str {
        match self {
            Plain::Bool => "bool",
            Plain::Char => "i8",
            Plain::Int2 => "i16",
            Plain::Int4 => "i32",
            Plain::Int8 => "i64",
            Plain::Oid => "u32",
            Plain::Float4 => "f32",
            Plain::Float8 => "f64",
            Plain::Numeric => "rust_decimal::Decimal",
            Plain::Text => "String",
            Plain::Bytea => "Vec<u8>",
            Plain::Uuid => "uuid::Uuid",
            Plain::Date => "chrono::NaiveDate",
            Plain::Time => "chrono::NaiveTime",
            Plain::Timestamp => "chrono::NaiveDateTime",
            Plain::Timestamptz => "chrono::DateTime<chrono::Utc>",
            Plain::Interval => "sqlward::Interval",
            Plain::Json => "serde_json::Value",
            Plain::Inet => "cidr::IpInet",
            Plain::Cidr => "cidr::IpCidr",
            Plain::Unit => "()",
        }
    }
}
