#!/usr/bin/env bash
# Runs the fuzz targets, or those named: tests/fuzz/run.sh [SECONDS [TARGET...]]
# Two run at a time. What is found lies in tests/fuzz/artifacts/TARGET; what was learnt is kept in tests/fuzz/corpus.
set -eu
cd "$(dirname "$0")/../.."
# The coverage that the fuzzer needs is not in stable compilers yet.
export RUSTC_BOOTSTRAP=1
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- names headers tokens oauth stored texts
cargo fuzz build --fuzz-dir tests/fuzz -s none -a --no-cfg-fuzzing
for target in "$@"; do
    mkdir -p "tests/fuzz/corpus/$target"
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        printf '%b' "$line" >"tests/fuzz/corpus/$target/seed-$number"
    done <"tests/fuzz/seeds/$target"
done
printf '%s\n' "$@" | xargs -P 2 -I TARGET nice cargo fuzz run --fuzz-dir tests/fuzz -s none -a --no-cfg-fuzzing TARGET -- \
    -max_total_time="$seconds" -rss_limit_mb=2048 -dict=tests/fuzz/words.dict -print_final_stats=1
