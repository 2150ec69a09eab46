//! The macro behind [`crate::entities`]. From one description it makes the struct that
//! business rules and screens read, and the static table of fields that everything generic
//! reads.

/// `entity! { /// doc  pub struct Name: Kind { field: Type = description, … } }`
macro_rules! entity {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $ty:ty = $description:expr ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, specta::Type)]
        pub struct $name {
            pub id: uuid::Uuid,
            $( $(#[$field_meta])* pub $field: $ty, )*
            pub created_at: chrono::DateTime<chrono::Utc>,
            pub updated_at: chrono::DateTime<chrono::Utc>,
        }

        impl $crate::record::Entity for $name {
            const KIND: $crate::kind::EntityKind = $crate::kind::EntityKind::$name;
            const FIELDS: &'static [$crate::field::Field] =
                &[ $( $description.named(stringify!($field)) ),* ];

            fn from_record(record: &$crate::record::Record) -> Self {
                use $crate::value::FieldType;
                Self {
                    id: record.id,
                    $( $field: <$ty>::from_value(record.get(stringify!($field))), )*
                    created_at: record.created_at,
                    updated_at: record.updated_at,
                }
            }

            fn values(&self) -> $crate::record::Values {
                use $crate::value::FieldType;
                $crate::record::Values::from([
                    $( (stringify!($field), self.$field.to_value()) ),*
                ])
            }
        }
    };
}

pub(crate) use entity;
