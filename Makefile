# The door to everything. `make` alone lists the targets.
#
# Every recipe runs with Node 24 or newer: the one on PATH, or else a pinned one that is fetched from the npm registry
# into .tools, which git ignores.

.DEFAULT_GOAL := help
SHELL := /bin/sh
WITH_NODE := sh deploy/toolchain/with-node.sh
PAGE := services/dashboard/dist/index.html
PAGE_SOURCES := $(shell find services/dashboard/src services/dashboard/vite.config.ts libs/model/src \
	-type f ! -name '*.test.ts*' 2>/dev/null)

.PHONY: help setup run test test-brokerless test-kafka kafka kafka-cluster native validators check check-types check-page check-style check-imports page clean \
	eval-airline eval-nab eval-demo eval-budget eval-inject eval-text fit-sentiment bench-engine bench-log bench-latency bench-kafka bench-text crash chaos

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Install what package-lock.json names, if it changed.
	@$(WITH_NODE) sh deploy/toolchain/install.sh

run: setup page ## Play the demo launch night into the real pipeline and show the page. ARGS=… for options.
	@$(WITH_NODE) bin/foreshock demo $(ARGS)

# Both halves run, whether or not one of them fails. With TESTS=… only those that need no broker.
test: setup page ## Run the tests. TESTS=path… for some of them; REQUIRE=browser,kafka,… forbids to skip those.
	@$(MAKE) --no-print-directory --keep-going test-brokerless $(if $(TESTS),,test-kafka)

test-brokerless: setup page
	@$(WITH_NODE) node_modules/.bin/vitest run $(TESTS)

test-kafka: setup ## Run the tests on real Kafka brokers. KAFKA_VERSION=3.9 for the older ones; TESTS=path… for some.
	@if $(WITH_NODE) node deploy/kafka/kafka.ts --check; then $(WITH_NODE) node deploy/native/build.ts --if-possible; fi
	@$(WITH_NODE) node_modules/.bin/vitest run --config vitest.kafka.config.ts $(TESTS)

kafka: setup ## Run one real Kafka node until Ctrl-C. ARGS=… for options.
	@$(WITH_NODE) node deploy/kafka/kafka.ts $(ARGS)

kafka-cluster: setup ## Run three real Kafka nodes until Ctrl-C. ARGS=… for options.
	@$(WITH_NODE) node deploy/kafka/kafka.ts --nodes 3 $(ARGS)

native: setup ## Build node-rdkafka, which produces faster than kafkajs. Needs a C++ compiler; two minutes.
	@$(WITH_NODE) node deploy/native/build.ts

validators: setup ## Fetch what checks the files of deploy/ into .tools: hadolint, schemas, Compose's loader.
	@$(WITH_NODE) sh deploy/validators/install.sh

check: check-types check-page check-style check-imports ## Check types, style and the import law.

check-types: setup
	@$(WITH_NODE) node_modules/.bin/tsc --noEmit

check-page: setup
	@$(WITH_NODE) node_modules/.bin/tsc --noEmit -p services/dashboard/src/page

check-style: setup
	@$(WITH_NODE) node_modules/.bin/biome check .

check-imports: setup
	@$(WITH_NODE) node_modules/.bin/vitest run tests/layers.test.ts

page: setup $(PAGE) ## Build the page, if its sources changed.

$(PAGE): $(PAGE_SOURCES) package-lock.json
	@$(WITH_NODE) node_modules/.bin/vite build --config services/dashboard/vite.config.ts --logLevel warn
	@touch $@

eval-airline: setup ## Replay the week of airline tweets and compare with its known troubles.
	@$(WITH_NODE) node tests/eval/airline.ts $(ARGS)

eval-nab: setup ## Score the NAB series and print the standard figures.
	@$(WITH_NODE) node tests/eval/nab.ts $(ARGS)

eval-demo: setup ## Play the demo launch night over other seeds and count what was found and what was false.
	@$(WITH_NODE) node tests/eval/demo.ts $(ARGS)

eval-text: setup ## Judge sentiment, language and trained models on labelled posts, with other packages beside.
	@$(WITH_NODE) node tests/eval/text.ts $(ARGS)

fit-sentiment: setup ## Fit the weights of English sentiment anew; the same data gives the same file.
	@$(WITH_NODE) node tests/fit/english-sentiment.ts

eval-budget: setup ## False pages against the promise, on background in which nothing is wrong. ARGS="--pages 50" is quicker.
	@$(WITH_NODE) node tests/eval/budget.ts $(ARGS)

eval-inject: setup ## Minutes until an injected burst is paged, beside the detectors of practice.
	@$(WITH_NODE) node tests/eval/inject.ts $(ARGS)

bench-engine: setup ## Mentions per second through match and detect, beside the bare JSON parse of the same bytes.
	@$(WITH_NODE) node tests/bench/engine.ts $(ARGS)

bench-log: setup ## Records per second into and out of the embedded log.
	@$(WITH_NODE) node tests/bench/log.ts $(ARGS)

bench-latency: setup ## From the push of the deciding mention to the webhook that leaves.
	@$(WITH_NODE) node tests/bench/latency.ts $(ARGS)

bench-kafka: setup ## Rates, latency, restore and scaling on a real Kafka broker. ARGS="--only latency" for a part.
	@$(WITH_NODE) node tests/bench/kafka.ts $(ARGS)

bench-text: setup ## Cost of matching 10 and 10,000 phrases, and of understanding a post.
	@$(WITH_NODE) node tests/bench/text.ts $(ARGS)

crash: setup ## Cut the pipeline off at every boundary, and kill the real process 200 times at random.
	@$(WITH_NODE) node tests/crash/every-boundary.ts
	@$(WITH_NODE) node tests/crash/sigkill.ts $(ARGS)

chaos: setup ## Torment three real brokers and the processes of every role, and hold the outcome to a calm run. ARGS=…
	@$(WITH_NODE) node tests/chaos/chaos.ts $(ARGS)

clean: ## Remove what was built and the throwaway stores; keep .tools and node_modules.
	rm -rf services/dashboard/dist coverage .cache
