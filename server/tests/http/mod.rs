//! HTTP as such: headers, requests of other sites, hostile input, static files and raw bytes.

mod bad_input;
mod cross_site;
mod headers;
mod static_files;
mod unclear;
mod wire;
