package sim

import "fmt"

// A Rule is a promise of the client.
type Rule string

// The rules, each named after its violation.
const (
	FalseNotApplied     Rule = "a write was reported as not applied, but was applied"
	FalseInDoubt        Rule = "a write was reported as in doubt, but was never sent completely"
	UnneededInDoubt     Rule = "a write was reported as in doubt, but the server refused each try"
	FalseApplied        Rule = "a write was reported as applied, but was not applied during the call"
	AppliedTwice        Rule = "a write was applied more often than it may be tried"
	ForbiddenSend       Rule = "something was sent that must not be sent"
	ReadInDoubt         Rule = "a read was reported as in doubt"
	WrongRead           Rule = "a read returned what was not true at any time during the call"
	WrongWriteResult    Rule = "a write returned or stored a wrong result"
	ImpossibleCode      Rule = "a result code that no server has returned"
	ImpossibleCause     Rule = "an error with an impossible cause"
	WrongBatchError     Rule = "the error of a batch does not match its rows"
	QueryLost           Rule = "a query without an error missed a record"
	QueryDuplicate      Rule = "a query returned a record twice"
	WrongQueryResult    Rule = "a query returned what was not true at any time during the call"
	FalseCommitted      Rule = "a transaction was reported as committed, but was rolled back"
	FalseNotCommitted   Rule = "a transaction was reported as not committed, but was committed"
	TornTransaction     Rule = "a transaction was partly applied"
	NonrepeatableRead   Rule = "a transaction was committed although a record that it read had changed"
	LockLeft            Rule = "a transaction left a lock behind"
	Late                Rule = "a call returned too late"
	NotRecovered        Rule = "a call failed after the faults were over"
	Leak                Rule = "a connection or goroutine was leaked"
	InconsistentHistory Rule = "the history is inconsistent"
	RunBroken           Rule = "the run did not finish"
)

// rules lists all rules.
var rules = []Rule{
	FalseNotApplied, FalseInDoubt, UnneededInDoubt, FalseApplied, AppliedTwice, ForbiddenSend, ReadInDoubt, WrongRead, WrongWriteResult, ImpossibleCode,
	ImpossibleCause, WrongBatchError, QueryLost, QueryDuplicate, WrongQueryResult, FalseCommitted, FalseNotCommitted, TornTransaction, NonrepeatableRead, LockLeft, Late, NotRecovered, Leak, InconsistentHistory, RunBroken,
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
