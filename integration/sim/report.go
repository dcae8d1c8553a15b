package sim

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/aerosql/aerosql/cluster"
)

// A Report counts what runs have done and encountered.
type Report struct {
	Seeds int
	// Verdicts counts commands by verb and by what the client reported.
	Verdicts [verbCount][3]int
	// Faulted counts writes that a fault has hit, or that failed with an error that is not about
	// their record.
	Faulted int
	// Doubtful counts writes in doubt, by whether they were applied, and among those not applied
	// the ones whose message was not sent completely after their callers had given up.
	Doubtful struct{ Applied, NotApplied, Unsent int }
	// Repeated counts writes that were applied more than once, as their policies allow.
	Repeated int
	Strikes  [faultKindCount]int
	// Queries counts queries that were complete, were left early, or failed. Pages and Records
	// count their results.
	Queries          struct{ Complete, Left, Failed int }
	Pages, Records   int
	Canceled, Closed int // calls that ended with these errors
	// Transactions counts transactions by the reported verdict.
	Transactions           [3]int
	Violations             map[Rule]int
	Batches, PartlyApplied int
}

// Add counts a run.
func (r *Report) Add(e *Evidence, violations []Violation) {
	r.Seeds++
	for k, n := range e.Counts {
		r.Strikes[k] += n
	}
	for _, v := range violations {
		if r.Violations == nil {
			r.Violations = make(map[Rule]int)
		}
		r.Violations[v.Rule]++
	}
	for _, call := range e.Calls {
		r.addCall(e, call)
	}
}

func (r *Report) addCall(e *Evidence, call *Call) {
	applied, failed := 0, 0
	for i := range call.Outcomes {
		o, verb := &call.Outcomes[i], call.Commands[i].Verb
		if o.Skipped {
			continue
		}
		r.Verdicts[verb][o.verdict()]++
		if o.Err == nil {
			applied++
		} else {
			failed++
		}
		if verb.Writes() {
			r.addWrite(e, o)
		}
	}
	if call.Batch {
		r.Batches++
		if applied > 0 && failed > 0 {
			r.PartlyApplied++
		}
	}
	if call.Query != nil {
		r.addQuery(call)
	}
	if call.Transaction != nil {
		r.Transactions[call.Ending.Verdict]++
	}
	if call.Cancel != 0 {
		r.Canceled++
	}
	if errors.Is(call.Err, cluster.ErrClosed) || len(call.Outcomes) > 0 && errors.Is(call.Outcomes[0].Err, cluster.ErrClosed) {
		r.Closed++
	}
}

func (r *Report) addWrite(e *Evidence, o *Outcome) {
	times := len(e.Truth.Applied[o.Token])
	if times > 1 {
		r.Repeated++
	}
	if o.verdict() == InDoubt {
		if times > 0 {
			r.Doubtful.Applied++
		} else {
			r.Doubtful.NotApplied++
		}
		if e.Sent[o.Token] == 0 {
			r.Doubtful.Unsent++
		}
	}
	if len(e.Strikes[o.Token]) > 0 || o.verdict() != Applied && !o.aboutRecord() {
		r.Faulted++
	}
}

func (r *Report) addQuery(call *Call) {
	switch {
	case call.Err != nil:
		r.Queries.Failed++
	case call.Left:
		r.Queries.Left++
	default:
		r.Queries.Complete++
	}
	r.Pages += call.Pages
	r.Records += len(call.Found)
}

// Merge adds another report.
func (r *Report) Merge(o *Report) {
	r.Seeds += o.Seeds
	for v := range r.Verdicts {
		for i := range r.Verdicts[v] {
			r.Verdicts[v][i] += o.Verdicts[v][i]
		}
	}
	for k := range r.Strikes {
		r.Strikes[k] += o.Strikes[k]
	}
	for verdict := range r.Transactions {
		r.Transactions[verdict] += o.Transactions[verdict]
	}
	for rule, n := range o.Violations {
		if r.Violations == nil {
			r.Violations = make(map[Rule]int)
		}
		r.Violations[rule] += n
	}
	r.Faulted += o.Faulted
	r.Repeated += o.Repeated
	r.Doubtful.Applied += o.Doubtful.Applied
	r.Doubtful.NotApplied += o.Doubtful.NotApplied
	r.Doubtful.Unsent += o.Doubtful.Unsent
	r.Queries.Complete += o.Queries.Complete
	r.Queries.Left += o.Queries.Left
	r.Queries.Failed += o.Queries.Failed
	r.Pages += o.Pages
	r.Records += o.Records
	r.Canceled += o.Canceled
	r.Closed += o.Closed
	r.Batches += o.Batches
	r.PartlyApplied += o.PartlyApplied
}

// Writes returns the number of writes.
func (r *Report) Writes() (n int) {
	for v := range firstRead {
		for _, m := range r.Verdicts[v] {
			n += m
		}
	}
	return n
}

// Print writes the report as text.
func (r *Report) Print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "seeds %d, writes %d (%d with faults), applied more than once as allowed %d\n", r.Seeds, r.Writes(), r.Faulted, r.Repeated)
	fmt.Fprintf(w, "in doubt: %d applied, %d not applied (%d of these not sent when given up)\n", r.Doubtful.Applied, r.Doubtful.NotApplied, r.Doubtful.Unsent)
	fmt.Fprintf(w, "batches %d (%d partly applied); queries %d complete, %d left early, %d failed; pages %d, records %d\n",
		r.Batches, r.PartlyApplied, r.Queries.Complete, r.Queries.Left, r.Queries.Failed, r.Pages, r.Records)
	fmt.Fprintf(w, "calls canceled %d, ended by closing %d\n", r.Canceled, r.Closed)
	fmt.Fprintf(w, "transactions %d committed, %d not, %d in doubt\n", r.Transactions[Applied], r.Transactions[NotApplied], r.Transactions[InDoubt])
	fmt.Fprintln(w, "verb\tapplied\tnot applied\tin doubt")
	for v := range verbCount {
		n := &r.Verdicts[v]
		fmt.Fprintf(w, "%v\t%d\t%d\t%d\n", v, n[Applied], n[NotApplied], n[InDoubt])
	}
	fmt.Fprintln(w, "fault\tstrikes")
	for k := range faultKindCount {
		fmt.Fprintf(w, "%v\t%d\n", k, r.Strikes[k])
	}
	for rule, n := range r.Violations {
		fmt.Fprintf(w, "VIOLATED %d times: %s\n", n, rule)
	}
}

// Unreached returns the names of what no run has encountered.
func (r *Report) Unreached() (names []string) {
	check := func(n int, format string, args ...any) {
		if n == 0 {
			names = append(names, fmt.Sprintf(format, args...))
		}
	}
	for k := range faultKindCount {
		check(r.Strikes[k], "fault %v", k)
	}
	for v := range verbCount {
		for verdict := Applied; verdict <= InDoubt; verdict++ {
			if v.Writes() || verdict != InDoubt {
				check(r.Verdicts[v][verdict], "%v %v", v, verdict)
			}
		}
	}
	for verdict, n := range r.Transactions {
		check(n, "transactions %v", Verdict(verdict))
	}
	check(r.Repeated, "writes applied more than once")
	check(r.Doubtful.Applied, "writes in doubt that were applied")
	check(r.Doubtful.NotApplied, "writes in doubt that were not")
	check(r.Queries.Complete, "complete queries")
	check(r.Queries.Left, "queries that were left")
	check(r.Queries.Failed, "queries that failed")
	check(r.Pages, "pages")
	check(r.PartlyApplied, "batches in part")
	check(r.Canceled, "canceled calls")
	check(r.Closed, "calls ended by closing")
	return names
}

// aboutRecord reports whether the error is about the record, such as that it does not exist.
func (o *Outcome) aboutRecord() bool {
	for v := range verbs {
		for _, code := range verbs[v].refusals {
			if o.code() == code {
				return true
			}
		}
	}
	return false
}
