//! The catalog of this repository, used as an application would: two tenants, and deleted rows beside theirs.

mod accounts;
mod bulk;
mod content;
mod coverage;
mod example;
mod exports;
mod fixture;
mod imports;
mod invitations;
mod lists;
mod media;
mod membership;
mod organizations;
mod plans;
mod players;
mod profile;
mod public;
mod seeds;
mod sessions;
mod staff;
mod transactions;
mod transcoding;
