package control

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A Fault applies an Action to some requests. Fields that are missing match every request.
type Fault struct {
	Node      string   `json:"node,omitempty" doc:"name of the node"`
	Conn      int      `json:"conn,omitempty" doc:"number of the connection on its node"`
	On        []string `json:"on,omitempty" doc:"kinds of requests: connects, reads, writes, batches, queries, infos, admins; empty for all but connects"`
	Namespace string   `json:"namespace,omitempty"`
	Set       string   `json:"set,omitempty"`
	Asks      string   `json:"asks,omitempty" doc:"an info command that the request includes"`
	Skip      int      `json:"skip,omitempty" doc:"number of matching requests to leave alone first"`
	Count     int      `json:"count,omitempty" doc:"number of requests to apply the action to, 0 for all"`
	// Probability and Seed apply the action at random.
	Probability float64 `json:"probability,omitempty" doc:"apply the action with this probability, by seed"`
	Seed        uint64  `json:"seed,omitempty"`
	Action      Action  `json:"action"`
}

// An Action says what happens to a request. The fields can be combined.
type Action struct {
	DelayMS       int64   `json:"delay_ms,omitempty" doc:"wait before the request is executed"`
	Hold          bool    `json:"hold,omitempty" doc:"hold the request until the fault is removed"`
	Skip          bool    `json:"skip,omitempty" doc:"neither execute nor answer the request"`
	Code          uint8   `json:"code,omitempty" doc:"refuse the request with this result code"`
	DelayAnswerMS int64   `json:"delay_answer_ms,omitempty" doc:"wait before the answer is sent"`
	HoldAnswer    bool    `json:"hold_answer,omitempty" doc:"hold the answer until the fault is removed"`
	DropAnswer    bool    `json:"drop_answer,omitempty" doc:"execute the request and send no answer"`
	CutAnswer     *int    `json:"cut_answer,omitempty" doc:"send only this many bytes of the answer, then close"`
	RepeatAnswer  bool    `json:"repeat_answer,omitempty" doc:"send the answer twice"`
	TrailAnswer   string  `json:"trail_answer,omitempty" doc:"bytes to send after the answer, in hexadecimal"`
	Answer        *string `json:"answer,omitempty" doc:"bytes to send instead of executing the request, in hexadecimal"`
	Slice         int     `json:"slice,omitempty" doc:"send the answer in pieces of this many bytes"`
	Close         bool    `json:"close,omitempty" doc:"close the connection after the answer"`
	Reset         bool    `json:"reset,omitempty" doc:"reset the connection after the answer"`
	CutNext       int     `json:"cut_next,omitempty" doc:"reset the connection when this many bytes of the next request have arrived"`
	Info          string  `json:"info,omitempty" doc:"the info command whose value is replaced"`
	InfoValue     string  `json:"info_value,omitempty" doc:"the value that replaces it"`
}

type (
	faultID struct {
		ID string `json:"id"`
	}
	faultState struct {
		ID      string `json:"id"`
		Applied int64  `json:"applied" doc:"number of requests that the action was applied to"`
		Fault   Fault  `json:"fault"`
	}
)

// An installed fault.
type installed struct {
	id      string
	spec    Fault
	applied atomic.Int64
	remove  func()
	release func() // ends holds; may be called repeatedly
}

func (f *installed) end() {
	f.remove()
	f.release()
}

func faultRoutes() []route {
	return []route{
		get[[]faultState]("/v1/faults", "Lists the faults.", "Inject", (*call).listFaults),
		post[Fault, faultID]("/v1/faults", "Installs a fault.", "Inject", func(c *call, f Fault) (any, error) { return c.install(f) }),
		remove("/v1/faults/{id}", "Removes a fault and releases what it holds.", "Inject", (*call).removeFault),
		remove("/v1/faults", "Removes all faults.", "Inject", (*call).removeFaults),
	}
}

var kinds = map[string]devserver.Kind{
	"connects": devserver.Connects, "reads": devserver.Reads, "writes": devserver.Writes, "batches": devserver.Batches,
	"queries": devserver.Queries, "infos": devserver.Infos, "admins": devserver.Admins, "all": devserver.AnyKind,
}

// install installs a fault in the server.
func (c *call) install(spec Fault) (any, error) {
	released := make(chan struct{})
	action, err := spec.Action.action(released)
	if err != nil {
		return nil, err
	}
	if spec.Probability < 0 || spec.Probability > 1 || spec.Skip < 0 || spec.Count < 0 {
		return nil, errors.New("probability must be 0 to 1, skip and count must not be negative")
	}
	if spec.Node != "" && !slices.Contains(c.server.NodeNames(), spec.Node) {
		return nil, fmt.Errorf("%w %q", devserver.ErrNoNode, spec.Node)
	}
	var on devserver.Kind
	for _, name := range spec.On {
		k, ok := kinds[name]
		if !ok {
			return nil, fmt.Errorf("unknown kind %q of requests", name)
		}
		on |= k
	}
	f := &installed{spec: spec, release: sync.OnceFunc(func() { close(released) })}
	f.remove = c.server.Intercept(spec.interceptor(f, on, action))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	f.id = "f" + strconv.Itoa(c.last)
	c.faults = append(c.faults, f)
	return faultID{f.id}, nil
}

// interceptor returns the function that applies the action. Calls are serialized by the server.
func (f Fault) interceptor(state *installed, on devserver.Kind, action devserver.Action) devserver.Interceptor {
	if on == 0 {
		on = devserver.AnyKind &^ devserver.Connects
	}
	rng := rand.New(rand.NewPCG(f.Seed, f.Seed))
	seen := 0
	return func(r *devserver.Request) devserver.Action {
		switch {
		case r.Kind&on == 0 || f.Node != "" && f.Node != r.Node || f.Conn != 0 && f.Conn != r.Conn:
			return devserver.Action{}
		case f.Namespace != "" && f.Namespace != r.Namespace() || f.Set != "" && f.Set != r.Set() || f.Asks != "" && !r.Asks(f.Asks):
			return devserver.Action{}
		case f.Probability > 0 && rng.Float64() >= f.Probability:
			return devserver.Action{}
		}
		seen++
		if seen <= f.Skip || f.Count != 0 && seen > f.Skip+f.Count {
			return devserver.Action{}
		}
		state.applied.Add(1)
		return action
	}
}

// action returns the action of the server. released ends holds.
func (a *Action) action(released <-chan struct{}) (do devserver.Action, err error) {
	if a.DelayMS < 0 || a.DelayAnswerMS < 0 || a.Slice < 0 || a.CutNext < 0 || a.CutAnswer != nil && *a.CutAnswer < 0 {
		return do, errors.New("the numbers of an action must not be negative")
	}
	do = devserver.Action{
		Delay: milliseconds(a.DelayMS), Skip: a.Skip || a.Answer != nil, Code: protocol.ResultCode(a.Code), DelayAnswer: milliseconds(a.DelayAnswerMS),
		Slice: a.Slice, Close: a.Close || a.CutAnswer != nil, Reset: a.Reset, CutNext: a.CutNext,
	}
	if a.Hold {
		do.Hold = released
	}
	if a.HoldAnswer {
		do.HoldAnswer = released
	}
	do.Edit, err = a.edit()
	if err == nil && do.String() == "nothing" {
		err = errors.New("the action does nothing")
	}
	return do, err
}

// edit returns the change of the answer, nil if there is none.
func (a *Action) edit() (func([]byte) []byte, error) {
	trail, err := hex.DecodeString(a.TrailAnswer)
	if err != nil {
		return nil, fmt.Errorf("trail_answer: %w", err)
	}
	var edits []func([]byte) []byte
	if a.Answer != nil {
		answer, err := hex.DecodeString(*a.Answer)
		if err != nil {
			return nil, fmt.Errorf("answer: %w", err)
		}
		edits = append(edits, func([]byte) []byte { return answer })
	}
	if a.Info != "" {
		edits = append(edits, devserver.InfoAnswer(a.Info, a.InfoValue).Edit)
	}
	if a.DropAnswer {
		edits = append(edits, devserver.DropAnswer().Edit)
	}
	if a.CutAnswer != nil {
		edits = append(edits, devserver.CutAnswer(*a.CutAnswer).Edit)
	}
	if a.RepeatAnswer {
		edits = append(edits, devserver.RepeatAnswer().Edit)
	}
	if len(trail) > 0 {
		edits = append(edits, devserver.TrailAnswer(trail).Edit)
	}
	if len(edits) == 0 {
		return nil, nil
	}
	return func(answer []byte) []byte {
		for _, edit := range edits {
			answer = edit(answer)
		}
		return answer
	}, nil
}

func (c *call) listFaults() (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []faultState{}
	for _, f := range c.faults {
		list = append(list, faultState{f.id, f.applied.Load(), f.spec})
	}
	return list, nil
}

func (c *call) removeFault() (any, error) {
	id := c.path("id")
	c.mu.Lock()
	i := slices.IndexFunc(c.faults, func(f *installed) bool { return f.id == id })
	if i < 0 {
		c.mu.Unlock()
		return nil, &statusError{http.StatusNotFound, errors.New("no fault " + id)}
	}
	f := c.faults[i]
	c.faults = slices.Delete(c.faults, i, i+1)
	c.mu.Unlock()
	f.end()
	return ok, nil
}

func (c *call) removeFaults() (any, error) {
	c.mu.Lock()
	faults := c.faults
	c.faults = nil
	c.mu.Unlock()
	for _, f := range faults {
		f.end()
	}
	return ok, nil
}
