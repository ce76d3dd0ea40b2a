//! The nullability of fields of composites.

use crate::tree::{CastVia, Expr, Var};

use super::rows::Rows;

impl<'a> Rows<'a, '_> {
    /// Whether a field of a composite is never NULL. Of a stored composite's fields nothing is known.
    pub(super) fn field(&self, composite: &'a Expr, number: i32) -> bool {
        match composite {
            Expr::Row { fields, .. } => {
                let field = usize::try_from(number - 1).ok().and_then(|index| fields.get(index));
                field.is_some_and(|field| self.non_null(field))
            }
            Expr::Var(var) if var.attribute == 0 => {
                self.var(&Var { attribute: number, ..var.clone() }).non_null
            }
            Expr::Cast { via: CastVia::Relabel, arg, .. } => self.field(arg, number),
            _ => false,
        }
    }
}
