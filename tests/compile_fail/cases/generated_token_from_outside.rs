//! Tokens, keys and roles implement neither `Deserialize`, `Default` nor conversions.

use codex_catalog::{CreatorScope, OrganizationManager, OrganizationScope, UserId, UserScope};
use sqlward::{Database, ServiceKey, ServiceRole, ServiceTransaction, Transaction};

fn deserialized<T: serde::de::DeserializeOwned>() {}
fn default<T: Default>() {}
fn converted<T: From<UserId>>() {}
fn parsed<T: std::str::FromStr>() {}

fn main() {
    deserialized::<CreatorScope>();
    deserialized::<OrganizationManager>();
    deserialized::<ServiceKey>();
    deserialized::<ServiceRole<'static>>();
    default::<UserScope>();
    default::<OrganizationScope>();
    default::<ServiceKey>();
    default::<ServiceRole<'static>>();
    default::<Transaction<'static>>();
    default::<Database>();
    converted::<UserScope>();
    converted::<ServiceKey>();
    parsed::<UserScope>();
    parsed::<OrganizationScope>();
}
