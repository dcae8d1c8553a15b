# The commands of the house; each works from a clean clone.
# What is worth knowing: CGO is never needed, the race detector is used where a C compiler is found.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
T ?= 30s
MUTATIONS ?= 1000000
COUNT ?= 5
SEEDS ?= 100
FIRST ?= 1

RACE := $(shell command -v $$(go env CC) >/dev/null 2>&1 && echo -race)

.PHONY: test ci format vet staticcheck purego npm conformance peers bench real fuzz sim moves alloc

test: ## every test of both modules
	go test $(RACE) ./...
	cd integration && go test $(RACE) ./...

ci: format vet staticcheck purego npm test alloc conformance ## what the CI runs
	$(MAKE) fuzz T=2s MUTATIONS=20000
	$(MAKE) sim SEEDS=100

format:
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }

vet:
	go vet ./...
	cd integration && go vet ./... ./otel/...

staticcheck:
	go run $(STATICCHECK) ./...
	cd integration && go run $(STATICCHECK) ./... && cd otel && go run $(STATICCHECK) ./...

purego: ## users without a C compiler
	CGO_ENABLED=0 go build ./...

npm: ## the C client for the tests, where Node is installed
	@if command -v npm >/dev/null; then cd integration/npm && npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else echo "npm is not installed: the tests skip the C client"; fi

alloc: ## tests that count allocations, which the race detector distorts
	go test -run 'Alloc|CostMost' ./...

conformance: ## the recorded answers of a server, replayed on devserver
	cd integration && go run ./conformance/replay

bench: ## beside the official Go client, in one run
	cd integration && go test -run '^$$' -bench . -benchmem -count $(COUNT) ./bench ./encoding

real: ## the integration tests on a server: make real ADDR=host:port
	@test -n "$(ADDR)" || { echo "usage: make real ADDR=host:port [NAMESPACE=test]"; exit 2; }
	cd integration && AEROSQL_ADDR=$(ADDR) AEROSQL_NAMESPACE=$(NAMESPACE) go test -count=1 -v ./...

fuzz: ## every fuzz target for T, and MUTATIONS changed copies of recorded frames
	.ci/fuzz $(T)
	.ci/mutate $(MUTATIONS)

peers: ## the official Go client's own test suite on devserver
	cd integration && go run ./peers $(if $(FOCUS),-focus '$(FOCUS)')

moves: ## queries of 100,000 records while partitions move, with SEEDS seeds
	cd integration && AEROSQL_MOVES=$(SEEDS) go test -count=1 -timeout 60m -run TestQueriesDuringMoves -v .

sim: ## the client among faults drawn by seed, held against the truth: make sim SEEDS=n [FIRST=seed]
	cd integration && go test ./sim -run '^TestSeeds$$' -count=1 -v -timeout 0 -seeds $(SEEDS) -first $(FIRST) -processes 2
