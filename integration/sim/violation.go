package sim

import "fmt"

// A Rule is a promise of the client.
type Rule string

// The rules, each named after its violation.
const (
	FalseNotApplied   Rule = "a write that was applied is said not to be"
	FalseInDoubt      Rule = "a write of which nothing has left as a whole is said to be in doubt"
	NeedlessInDoubt   Rule = "a write with a verdict of the server's on each of its tries is said to be in doubt"
	FalseApplied      Rule = "a write is said to be applied that was not, or not during the call"
	AppliedTwice      Rule = "a write was applied more often than it may be tried"
	SentInVain        Rule = "something was sent that may not be"
	ReadInDoubt       Rule = "a read is said to be in doubt"
	ReadUntrue        Rule = "a read gives what was not so at any time during the call"
	WroteUntrue       Rule = "a write gives back what it has not made"
	OddCode           Rule = "a result code that no server has given"
	OddCause          Rule = "an error whose cause can't be"
	BatchUntrue       Rule = "the error of a batch does not fit its rows"
	QueryLost         Rule = "a query without an error lacks a record"
	QueryDoubled      Rule = "a query gives a record twice"
	QueryUntrue       Rule = "a query gives what was not so at any time during the call"
	FalseCommitted    Rule = "a transaction is said to be committed that was rolled back"
	FalseNotCommitted Rule = "a transaction is said not to be committed that was"
	TornTransaction   Rule = "a transaction took effect in part"
	UnrepeatedRead    Rule = "a transaction was committed although a record that it has read had changed"
	LockLeft          Rule = "a transaction's lock is left behind"
	Late              Rule = "a call returned after its time"
	NotRecovered      Rule = "a call failed although nothing was wrong any more"
	Leak              Rule = "something is left behind"
	HistoryUntrue     Rule = "the history contradicts itself"
	RunBroken         Rule = "the run could not come to its end"
)

// rules lists all rules.
var rules = []Rule{
	FalseNotApplied, FalseInDoubt, NeedlessInDoubt, FalseApplied, AppliedTwice, SentInVain, ReadInDoubt, ReadUntrue, WroteUntrue, OddCode,
	OddCause, BatchUntrue, QueryLost, QueryDoubled, QueryUntrue, FalseCommitted, FalseNotCommitted, TornTransaction, UnrepeatedRead, LockLeft, Late, NotRecovered, Leak, HistoryUntrue, RunBroken,
}

// A Violation is a broken rule.
type Violation struct {
	Rule Rule
	// Call is the call that broke it, nil for the run as a whole.
	Call *Call
	Text string
}

// String returns the complete violation.
func (v *Violation) String() string {
	if v.Call == nil {
		return fmt.Sprintf("%s: %s", v.Rule, v.Text)
	}
	return fmt.Sprintf("%s: %s\n  %v", v.Rule, v.Text, v.Call)
}
