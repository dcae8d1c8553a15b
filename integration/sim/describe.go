package sim

import (
	"fmt"
	"strings"
)

// maxDescribed is the number of violations of a run that are printed.
const maxDescribed = 5

// describe describes a run that has broken rules: its plan, which the seed reproduces, and for each
// violation the call and what is known about its writes.
func describe(e *Evidence, violations []Violation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d violations by %v", len(violations), e.Plan)
	for i := range violations {
		if i == maxDescribed {
			fmt.Fprintf(&b, "and %d more\n", len(violations)-i)
			break
		}
		v := &violations[i]
		fmt.Fprintf(&b, "%v\n", v)
		if v.Call == nil {
			continue
		}
		for _, o := range v.Call.Outcomes {
			if o.Token == 0 {
				continue
			}
			fmt.Fprintf(&b, "    %v: sent %d times, applied %v\n", o.Token, e.Sent[o.Token], e.Truth.Applied[o.Token])
			for _, s := range e.Strikes[o.Token] {
				fmt.Fprintf(&b, "      hit by %v (batch %v)\n", s.Fault, s.Batch)
			}
		}
	}
	fmt.Fprintf(&b, "repeat: go test ./sim -run TestSeeds -seeds 1 -first %d\n", e.Plan.Seed)
	return b.String()
}
