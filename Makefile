# Development commands. Each works from a clean clone. The race detector is used if a C compiler is
# installed.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
T ?= 30s
MUTATIONS ?= 1000000
COUNT ?= 5
SEEDS ?= 100
FIRST ?= 1

# The packages of all modules.
PACKAGES = ./... ./cmd/aerosql/... ./cmd/aerosqlvet/... ./examples/migrate/... ./integration/... \
	$(patsubst %,./integration/%/...,bun goose gorm migrate otel sqlmigrate tools browser)

# Only the race detector needs cgo. Without it, all commands share what was compiled.
export CGO_ENABLED = 0

# make vet examines tests too, so go test does not.
export GOFLAGS += -vet=off

# Cryptography from elsewhere runs at full speed, without the race detector: a hash of a password takes
# 50 ms instead of half a second.
RACETEST := $(if $(shell command -v $$(go env CC)),CGO_ENABLED=1 go test -race -gcflags=golang.org/x/crypto/...=-race=false,go test)

# The packages that start no goroutine and have no lock. Their tests need no race detector. Those of
# other modules do without it too: the simulation and the packages' own tests use it.
PURE = /(internal/(bits|call|hll|recordfile)|protocol/exp|querylang/(ast|bind|function|parse|plan)|cluster/devserver/internal/(balance|collection|expression|geo|secondary)|cluster/internal/(breaker|cursor|info|partmap|retry|route|sendqueue|session|topology|transaction|udf/syntax))$$

# The packages whose fuzz targets make ci leaves out: a fuzz target needs a build of its own, and theirs
# take two minutes. Their tests run the seeds.
SLOW = /(driver|mapper|querylang/exec)

.PHONY: help test ci format vet staticcheck newgo purego npm shape conformance peers differ fixtures bench real fuzz sim moves alloc slt slt-small sqlcompare sqlcompare-small api

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## run all tests of all modules
	go test $$(go list ./... | grep -E '$(PURE)')
	$(RACETEST) $$(go list ./... | grep -vE '$(PURE)')
	cd integration && go test $$(go list ./... | grep -vE '/(sim|sqlcompare)$$')
	cd integration && $(RACETEST) ./sim
	cd integration/tools && go test ./...
	cd integration/browser && go test ./...
	cd cmd/aerosql && go test ./...
	cd cmd/aerosqlvet && go test ./...
	cd examples/migrate && $(RACETEST) ./...

ci: format vet staticcheck purego newgo shape npm fixtures test slt-small sqlcompare-small alloc conformance ## run what CI runs
	$(MAKE) fuzz T=1s MUTATIONS=20000 WITHOUT='$(SLOW)'
	$(MAKE) sim SEEDS=100

format: ## check gofmt, the width of comments, and that no merge left its marks
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	@! grep -rnE --include=*.go --include=*.md '^(<<<<<<<|>>>>>>>) ' .
	@cd integration && go run ./shape -check -comments

vet: ## run go vet, and aerosqlvet on what is not a test
	go vet $(PACKAGES)
	go run ./cmd/aerosqlvet -test=false $(PACKAGES)

staticcheck: ## run staticcheck
	go run $(STATICCHECK) $(PACKAGES)

api: ## record the public API; incompatible changes must be named in CHANGELOG.md
	cd integration && go run ./api -update

shape: ## print figures of structure, style and coverage, and check their limits
	cd integration && go run ./shape -check

newgo: ## run the tests of what package driver has for newer versions of Go
	GOTOOLCHAIN=go1.27.0 go test -run 'Scan|Decode' ./driver

purego: ## check that the module builds without cgo, and package mapper without offsets
	go build ./... ./cmd/aerosql
	go test -short -tags mapper_safe ./mapper

npm: ## install the C client for the tests, if Node is installed
	@if command -v npm >/dev/null; then cd integration/npm && npm ci --ignore-scripts --no-audit --no-fund --silent; \
	else echo "npm is not installed: the tests skip the C client"; fi

fixtures: ## install pytest, JUnit and the official clients for the tests of the fixtures, if Python and Maven are installed
	@cd integration/fixtures/pytest && if command -v python3 >/dev/null; then \
	{ test -d .venv || python3 -m venv .venv; } && .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt || \
	echo "pytest or the Python client is not installed: the tests skip them"; fi
	@cd integration/fixtures/junit && if command -v mvn >/dev/null; then test -d target/lib || \
	mvn -q -B dependency:copy-dependencies -DoutputDirectory=target/lib || { rm -rf target/lib; \
	echo "the Java client is not installed: the tests skip it"; }; fi

alloc: ## run the tests that the race detector leaves out: those that count allocations, and long ones of one goroutine
	@files=$$(grep -rlE --include='*_test.go' --exclude-dir=integration '^//go:build .*!race|^func Test\w*(Alloc|CostMost)' .); \
	names=$$(grep -lE '^//go:build .*!race' $$files | xargs sed -nE 's/^func (Test[A-Za-z0-9_]*)\(.*/^\1$$/p' | paste -sd '|' -); \
	go test -run "Alloc|CostMost|$$names" $$(dirname $$files | sort -u)

conformance: ## replay the recorded conversations with a server on devserver
	cd integration && go run ./conformance/replay

bench: ## compare with the official clients and write docs/benchmarks.md, or benchmarks-server.md with ADDR: make bench [ADDR=host:port] [BENCH="-work get -profile DIR"]
	cd integration && go run ./bench -docs ../docs -scales bins,size,nodes,records $(if $(ADDR),-addr $(ADDR)) $(BENCH)
	cd integration && go test -run '^$$' -bench . -benchmem -count $(COUNT) ./encoding
	cd integration && go test -run '^$$' -bench Object -count $(COUNT) ./bench
	go test -run '^$$' -bench 'Encode|Decode|Generated' -count $(COUNT) ./mapper

real: ## run the integration tests on a server: make real ADDR=host:port
	@test -n "$(ADDR)" || { echo "usage: make real ADDR=host:port [NAMESPACE=test]"; exit 2; }
	cd integration && AEROSQL_ADDR=$(ADDR) AEROSQL_NAMESPACE=$(NAMESPACE) go test -count=1 -v ./... ./tools/... ./browser/... ../cmd/aerosql

fuzz: ## run every fuzz target for T, and decode MUTATIONS mutated copies of recorded frames
	.ci/fuzz $(T) '$(WITHOUT)'
	.ci/mutate $(MUTATIONS)

peers: ## run the test suites of other clients on devserver: make peers [SUITES=directory of clones] [ADDR=host:port]
	@cd integration/peers/java && if command -v mvn >/dev/null; then test -d target/lib || \
	mvn -q -B dependency:copy-dependencies -DoutputDirectory=target/lib || { rm -rf target/lib; \
	echo "the Java client is not installed: its suite is skipped"; }; fi
	cd integration && go run ./peers $(if $(FOCUS),-focus '$(FOCUS)') $(if $(SUITES),-suites '$(abspath $(SUITES))') $(if $(ADDR),-addr $(ADDR))

differ: ## compare answers to random commands with a real server that holds nothing: make differ ADDR=host:port [SCENARIOS=n] [SEED=n]
	@test -n "$(ADDR)" || { echo "usage: make differ ADDR=host:port [SCENARIOS=n] [SEED=n]"; exit 2; }
	cd integration && AEROSQL_DIFFER=$(ADDR) AEROSQL_DIFFERENCES=$(or $(SCENARIOS),1000) AEROSQL_SEED=$(or $(SEED),1) go test -count=1 -timeout 0 -v -run TestAnswers ./differ

moves: ## query 100,000 records while partitions move, with SEEDS seeds
	cd integration && AEROSQL_MOVES=$(SEEDS) go test -count=1 -timeout 60m -run TestQueriesDuringMoves -v .

sim: ## test the client under faults drawn from seeds: make sim SEEDS=n [FIRST=seed]
	cd integration && go test ./sim -run '^TestSeeds$$' -count=1 -v -timeout 0 -seeds $(SEEDS) -first $(FIRST) -processes 2

sqlcompare-small: ## compare 10,000 random queries, and statements that write, with SQLite; without the race detector
	cd integration && go test -count=1 ./sqlcompare -queries 10000

sqlcompare: ## compare random queries with each rule on and off and with SQLite: make sqlcompare QUERIES=n [SEED=n]
	cd integration && go test -count=1 -timeout 0 -v -run TestCompare ./sqlcompare -queries $(or $(QUERIES),300000) -seed $(or $(SEED),1)

slt: ## run published SQL answers: make slt [FILES=files or directories] [MAX=queries per file]
	cd integration && go run ./slt/score $(if $(FILES),,-optional) -max $(or $(MAX),0) $(or $(abspath $(FILES)),../../shared/sqllogictest)

slt-small: ## run the project's own SQL answers
	cd integration && go run ./slt/score -min 100 slt/testdata
