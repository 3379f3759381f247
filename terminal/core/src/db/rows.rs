// SPDX-License-Identifier: Apache-2.0

//! Rows of the database as values.

/// Makes a struct from a row: each field from the column of its name, or from the one named behind `=`, through another type where one is
/// named behind `from`.
///
/// ```
/// struct Place {
///     line: i64,
///     seller: u32,
///     read: u64,
/// }
/// sealane_terminal_core::from_row!(Place { line, seller from i64, read = "orders_read" from i64 });
/// ```
#[macro_export]
macro_rules! from_row {
	(@column $field:ident) => {
		stringify!($field)
	};
	(@column $field:ident $column:literal) => {
		$column
	};
	(@value $row:ident [$($name:tt)+]) => {
		::sqlx::Row::try_get($row, $crate::from_row!(@column $($name)+))?
	};
	(@value $row:ident [$($name:tt)+] $stored:ty) => {{
		let stored: $stored = ::sqlx::Row::try_get($row, $crate::from_row!(@column $($name)+))?;
		stored.try_into().map_err(|error| ::sqlx::Error::ColumnDecode {
			index: $crate::from_row!(@column $($name)+).into(),
			source: ::std::convert::From::from(error),
		})?
	}};
	($value:ident { $($field:ident $(= $column:literal)? $(from $stored:ty)?),* $(,)? }) => {
		impl<'r> ::sqlx::FromRow<'r, ::sqlx::any::AnyRow> for $value {
			fn from_row(row: &'r ::sqlx::any::AnyRow) -> ::std::result::Result<Self, ::sqlx::Error> {
				Ok($value {
					$($field: $crate::from_row!(@value row [$field $($column)?] $($stored)?)),*
				})
			}
		}
	};
}
