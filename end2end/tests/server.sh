#!/bin/sh
# Starts the built server on its own database, with a log that the stories search for secrets. SIGN_UP is how visitors sign up.
set -eu
cd "$(dirname "$0")/../.."
folder=target/end2end-server/$PORT
rm -rf "$folder"
mkdir -p "$folder"
export DATABASE_URL="sqlite:$folder/database.sqlite"
export LEPTOS_OUTPUT_NAME=latchkey LEPTOS_SITE_ROOT=target/site
export LEPTOS_SITE_ADDR="127.0.0.1:$PORT"
# As the build was: `./dev test` has files with hashed names, as a release has them.
export LEPTOS_HASH_FILES="${LEPTOS_HASH_FILES:-false}"
# Mails are written into a folder, and shown at /dev/mailbox.
export MAIL_URL="file:$folder/mail"
# All stories come from one address, so the rate limit is high.
export ATTEMPTS_PER_MINUTE=10000
export RUST_LOG=debug NO_COLOR=1
exec "${CARGO_TARGET_DIR:-target}/debug/server" >"$folder/log" 2>&1
