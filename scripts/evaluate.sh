#!/bin/sh
# usage: evaluate.sh QUESTIONS.jsonl DATA
# Print every figure there are files for: answers over the configured index, retrieval over public question files in
# the folder DATA, and answers once more with news articles among the documents. Says which files are absent.
set -eu
cd "$(dirname "$0")/.."
questions=$1 data=$2
yinju=.venv/bin/yinju reports=scripts/fitting/reports/held_out

title() { printf '\n== %s\n\n' "$*"; }

# Names what is missing of some files; succeeds when nothing is.
present() {
    for file in "$@"; do
        [ -f "$file" ] || { printf '%s is absent: left out.\n' "$file"; return 1; }
    done
}

retrieval() {
    name=$1 paragraphs=$2 other=${3:-$2}
    title "retrieval: $name"
    if present "$paragraphs" "$other"; then
        $yinju eval retrieval "$paragraphs" --questions "$other"
    fi
}

title "answers: $questions"
if present "$data/cmrc2018_trial.json"; then
    $yinju eval answers "$questions" --off-topic "$data/cmrc2018_trial.json"
else
    $yinju eval answers "$questions"
fi

retrieval "CMRC 2018 trial, one corpus" "$data/cmrc2018_trial.json"
retrieval "XQuAD, Chinese" "$data/xquad.zh.json"
retrieval "XQuAD, English to Chinese" "$data/xquad.zh.json" "$data/xquad.en.json"
retrieval "XQuAD, German to Chinese" "$data/xquad.zh.json" "$data/xquad.de.json"

title "answers: invented reports that nothing was fitted on"
$yinju eval answers "$reports/questions.jsonl" --corpus "$reports"

title "confidence on questions it was not fitted on"
if present "$data/cmrc2018_trial.json" "$data/drcd_dev.json"; then
    .venv/bin/python -m scripts.fitting held-out "$data"
fi

title "answers among news articles (the first time takes some ten minutes)"
if present "$data/crud_news_1.txt"; then
    $yinju eval answers "$questions" --negatives "$data/crud_news_1.txt"
fi
