//! The catalog of this repository, used as an application would: two tenants, and deleted rows beside theirs.

mod access;
mod accounts;
mod bulk;
mod content;
mod coverage;
mod example;
mod exports;
mod fees;
mod fixture;
mod grants;
mod invitations;
mod lists;
mod media;
mod membership;
mod organizations;
mod plans;
mod playback;
mod profile;
mod public;
mod purchases;
mod sales;
mod sessions;
mod staff;
mod transactions;
mod transcoding;
