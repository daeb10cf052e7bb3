//! HTTP: headers, cross-site requests, hostile input, static files and raw bytes.

mod ambiguous;
mod app_tables;
mod bodies;
mod cross_site;
mod forms;
mod headers;
mod json;
mod languages;
mod markup;
mod methods_and_paths;
mod refusals;
mod request_headers;
mod rows;
mod static_files;
mod uploads;
mod wire;
