# `make run` and `make test` are all that is needed; `make help` lists the rest.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := bin/countyql
GO_FILES := $(shell git ls-files --cached --others --exclude-standard -- '*.go' 'schema/*.graphqls' 'data/*' 2>/dev/null)
WEB_FILES := $(shell git ls-files --cached --others --exclude-standard -- web data/units.csv schema ':!web/*.go' ':!web/tests' ':!schema/*.go' 2>/dev/null)
GOLANGCI_LINT := bin/golangci-lint

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build the page and the binary, load the bundled data into ./countyql-store if it is empty, serve
	$(BIN) serve

.PHONY: build
build: $(BIN) ## build bin/countyql with its web pages

$(BIN): $(GO_FILES) go.mod go.sum web/dist/index.html
	go build -trimpath -o $@ ./cmd/countyql

web/dist/index.html: $(WEB_FILES) web/node_modules/.package-lock.json
	cd web && npm run build
	touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

.PHONY: generate
generate: ## regenerate the GraphQL server from schema/
	go generate ./...

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## format Go and web sources
	$(GOLANGCI_LINT) fmt
	cd web && npm run format

.PHONY: lint
lint: $(GOLANGCI_LINT) web/node_modules/.package-lock.json ## lint Go and web sources
	GOLANGCI_LINT_CACHE=$(CURDIR)/bin/lint-cache $(GOLANGCI_LINT) run ./...
	cd web && npm run check

$(GOLANGCI_LINT): tools/go.mod
	cd tools && GOFLAGS=-mod=readonly go build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: test
test: ## install what the tests need where that may be done, and run everything
	./tools/test

.PHONY: fuzz
fuzz: ## run every fuzz target with 50,000 texts (FUZZTIME=1000x: fewer)
	./tools/fuzz

.PHONY: soak
soak: ## ask a server everything, ten minutes (SOAK=1h: another time), while its data change
	COUNTYQL_SOAK=$(or $(SOAK),10m) go test ./e2e -run '^TestSoak$$' -count 1 -timeout 0 -v

.PHONY: bench
bench: $(BIN) ## compare the answers of a running server with DuckDB alone, on 10 million figures that are loaded once: BENCH=--rows=1000000 for fewer
	go run ./bench/query $(BENCH)

.PHONY: bench-peers
bench-peers: $(BIN) ## the same, with GraphJin and PostGraphile on PostgreSQL beside them, which is installed where that may be done
	./bench/peers/run $(BENCH)

.PHONY: bench-clickhouse
bench-clickhouse: $(BIN) ## compare DuckDB with ClickHouse clusters of 1, 2 and 4 shards on this machine: BENCH="--rows=1000000 --load" for less, and loads too
	go run ./bench/query --clusters=1,2,4 $(BENCH)

.PHONY: bench-load
bench-load: ## compare the speed of a load with DuckDB reading the same file into a sorted table
	go run ./bench/load

.PHONY: clean
clean: ## remove what was built; ./countyql-store stays
	rm -rf bin web/node_modules web/test-results
	find web/dist -mindepth 1 ! -name .keep -delete
