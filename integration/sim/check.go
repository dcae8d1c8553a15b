package sim

import (
	"fmt"

	"github.com/aerosql/aerosql/cluster"
)

// A checker compares what a client reported with the truth.
type checker struct {
	*Evidence
	violations []Violation
}

// Check returns the violations of the rules in a run.
func Check(e *Evidence) []Violation {
	c := &checker{Evidence: e}
	c.run()
	for _, call := range e.Calls {
		c.time(call)
		for i := range call.Outcomes {
			if call.Outcomes[i].Skipped {
				continue
			}
			if call.Commands[i].Verb.Writes() {
				c.write(call, i)
			} else {
				c.read(call, i)
			}
			c.cause(call, &call.Outcomes[i])
		}
		if call.Batch {
			c.batch(call)
		}
		if call.Query != nil {
			c.query(call)
		}
		if call.Transaction != nil {
			c.transaction(call)
		}
	}
	c.history()
	c.counters()
	return c.violations
}

// breach records that a call has broken a rule.
func (c *checker) breach(r Rule, call *Call, format string, args ...any) {
	c.violations = append(c.violations, Violation{r, call, fmt.Sprintf(format, args...)})
}

// run checks the run as a whole.
func (c *checker) run() {
	if c.Broken != nil {
		c.breach(RunBroken, nil, "%v", c.Broken)
	}
	if c.Leaks != 0 {
		c.breach(Leak, nil, "%d connections are open after the client was closed", c.Leaks)
	}
	if limit := c.Plan.Shutdown + slack; c.Closing > limit {
		c.breach(Late, nil, "closing the client took %v, limit %v", c.Closing, limit)
	}
}

// batch checks that the error of a batch matches its rows.
func (c *checker) batch(call *Call) {
	failed := 0
	for i := range call.Outcomes {
		if o := &call.Outcomes[i]; o.Err != nil && (!o.absent() || o.verdict() == InDoubt) {
			failed++
		}
	}
	var e *cluster.BatchError
	switch isBatch := asError(call.Err, &e); {
	case call.Err == nil && failed > 0:
		c.breach(WrongBatchError, call, "no error, but %d rows failed", failed)
	case isBatch && e.Failed != failed:
		c.breach(WrongBatchError, call, "the error reports %d failed rows, but %d failed", e.Failed, failed)
	}
}
