package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/internal/recordfile"
)

type (
	clock struct {
		Time time.Time `json:"time"`
	}
	clockChange struct {
		Set       *time.Time `json:"set,omitempty" doc:"the new time"`
		AdvanceMS int64      `json:"advance_ms,omitempty" doc:"how far to move the time forward"`
	}
	settle struct {
		TimeoutMS int64 `json:"timeout_ms,omitempty" doc:"how long to wait, 10 seconds if 0"`
	}
	event struct {
		Number     uint64          `json:"number"`
		Kind       string          `json:"kind" doc:"read, stored, removed, truncated, expired, locked, lost or restored"`
		Time       time.Time       `json:"time"`
		Namespace  string          `json:"namespace"`
		Set        string          `json:"set"`
		Digest     string          `json:"digest"`
		Node       string          `json:"node,omitempty"`
		Conn       int             `json:"conn,omitempty"`
		Request    int             `json:"request,omitempty"`
		Generation uint32          `json:"generation"`
		Record     json.RawMessage `json:"record,omitempty"`
	}
	history struct {
		Last   uint64  `json:"last" doc:"number of the last event"`
		Events []event `json:"events"`
	}
	counters map[string]map[string]string
)

func stateRoutes() []route {
	return []route{
		get[clock]("/v1/time", "Returns the time of the cluster.", "Now", func(c *call) (any, error) { return clock{c.server.Now()}, nil }),
		post[clockChange, clock]("/v1/time", "Sets the time of the cluster or moves it forward; records expire by it.", "SetTime AdvanceTime", (*call).setTime),
		post[settle, done]("/v1/settle", "Waits until nothing migrates, all indexes are built and no query runs.", "Settle", (*call).settle),
		post[empty, done]("/v1/reset", "Removes all records, indexes, modules and faults, and sets the time back.", "Reset", (*call).reset),
		get[history]("/v1/history", "Returns events of the history. It is empty unless the server records it.", "History LastEvent", (*call).history, "after:number of the last event that is known", "limit:number of events, 1000 if missing"),
		get[counters]("/v1/counters", "Returns the statistics of each node and its namespaces as reported by the info protocol.", "Info", (*call).counters),
	}
}

func (c *call) setTime(in clockChange) (any, error) {
	switch {
	case in.Set != nil && in.AdvanceMS != 0 || in.Set == nil && in.AdvanceMS == 0:
		return nil, errors.New("use either set or advance_ms")
	case in.Set != nil:
		c.server.SetTime(*in.Set)
	default:
		c.server.AdvanceTime(milliseconds(in.AdvanceMS))
	}
	return clock{c.server.Now()}, nil
}

const settleTimeout = 10 * time.Second

func (c *call) settle(in settle) (any, error) {
	timeout := settleTimeout
	if in.TimeoutMS > 0 {
		timeout = milliseconds(in.TimeoutMS)
	}
	ctx, cancel := context.WithTimeout(c.request.Context(), timeout)
	defer cancel()
	err := c.server.Settle(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &statusError{http.StatusConflict, errors.New("the cluster did not settle in time")}
	}
	return ok, err
}

func (c *call) reset(empty) (any, error) {
	if _, err := c.removeFaults(); err != nil {
		return nil, err
	}
	return ok, c.server.Reset()
}

// historyLimit is the number of events of an answer unless the client sets another.
const historyLimit = 1000

func (c *call) history() (any, error) {
	after, err := number(c.query("after"), 0)
	if err != nil {
		return nil, err
	}
	limit, err := number(c.query("limit"), historyLimit)
	if err != nil {
		return nil, err
	}
	list := history{Last: c.server.LastEvent(), Events: []event{}}
	for e := range c.server.History(after) {
		if uint64(len(list.Events)) == limit {
			break
		}
		list.Events = append(list.Events, c.event(e))
	}
	return list, nil
}

func (c *call) event(e *devserver.Event) event {
	out := event{
		Number: e.Number, Kind: e.Kind.String(), Time: e.Time, Namespace: e.Namespace, Set: e.Set, Digest: e.Digest.String(),
		Node: e.Node, Conn: e.Conn, Request: e.Request, Generation: e.Generation,
	}
	if r := e.Record(); r != nil {
		out.Record, _ = recordfile.AppendJSON(nil, r, ttlAt(c.server, r))
	}
	return out
}

func number(text string, missing uint64) (uint64, error) {
	if text == "" {
		return missing, nil
	}
	return strconv.ParseUint(text, 10, 64)
}

// counters returns by node, and by node and namespace, "A1" and "A1/test".
func (c *call) counters() (any, error) {
	all := make(counters)
	for _, n := range c.server.Nodes() {
		if !n.Running {
			continue
		}
		commands := []string{"statistics"}
		for _, ns := range c.server.Namespaces() {
			commands = append(commands, "namespace/"+ns.Name)
		}
		answers, err := c.server.Info(n.Name, commands...)
		if err != nil {
			return nil, err
		}
		for i, answer := range answers {
			_, namespace, _ := strings.Cut(commands[i], "/")
			all[strings.TrimSuffix(n.Name+"/"+namespace, "/")] = pairs(answer)
		}
	}
	return all, nil
}

// pairs splits k=v;k=v.
func pairs(text string) map[string]string {
	m := make(map[string]string)
	for part := range strings.SplitSeq(text, ";") {
		if k, v, ok := strings.Cut(part, "="); ok {
			m[k] = v
		}
	}
	return m
}
