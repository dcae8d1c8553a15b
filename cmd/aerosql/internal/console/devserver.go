package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/control"
)

// A controlClient sends requests to the control interface of a development cluster.
type controlClient struct {
	address, token string
	http           *http.Client
}

// maxAnswer is the size of the largest answer in bytes.
const maxAnswer = 64 << 20

// do sends a request and reads the answer. Both bodies are JSON and can be nil.
func (c *controlClient) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, body)
	if err != nil {
		return err
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("the control interface of the development cluster: %w", err)
	}
	defer response.Body.Close()
	answer := io.LimitReader(response.Body, maxAnswer)
	if response.StatusCode != http.StatusOK {
		var failure struct{ Error string }
		if err := json.NewDecoder(answer).Decode(&failure); err != nil || failure.Error == "" {
			failure.Error = response.Status
		}
		return &statusError{http.StatusBadGateway, failure.Error}
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(answer).Decode(out)
}

// A devserverData is what the page of the development cluster shows.
type devserverData struct {
	Now     time.Time
	Offset  time.Duration // from the clock of this machine
	Nodes   []devserver.NodeState
	Faults  []faultRow
	History []historyRow
	Last    uint64
	Kinds   []string
}

// A faultRow is a fault that is installed.
type faultRow struct {
	ID      string        `json:"id"`
	Applied int64         `json:"applied"`
	Fault   control.Fault `json:"fault"`
}

// Text describes the fault.
func (f faultRow) Text() string {
	encoded, err := json.Marshal(f.Fault)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}

// A historyRow is an event.
type historyRow struct {
	Number     uint64          `json:"number"`
	Kind       string          `json:"kind"`
	Time       time.Time       `json:"time"`
	Namespace  string          `json:"namespace"`
	Set        string          `json:"set"`
	Digest     string          `json:"digest"`
	Node       string          `json:"node"`
	Generation uint32          `json:"generation"`
	Record     json.RawMessage `json:"record"`
}

// Bins returns the bins as they were after the event, as JSON.
func (h historyRow) Bins() string {
	var record struct{ Bins json.RawMessage }
	if err := json.Unmarshal(h.Record, &record); err != nil {
		return ""
	}
	return cut(string(record.Bins), 300)
}

// Address returns the address of the record's page.
func (h historyRow) Address() string {
	return address("/record", "ns", h.Namespace, "set", h.Set, "digest", h.Digest)
}

// historyEvents is the number of events that are shown.
const historyEvents = 100

// devserverPage shows the state of the development cluster.
func (c *Console) devserverPage(r *http.Request) (*view, error) {
	if c.control == nil {
		return nil, notFound("the console knows no control address of a development cluster; start it with -control")
	}
	d := &devserverData{Kinds: []string{"reads", "writes", "batches", "queries", "infos", "connects"}}
	var clock struct{ Time time.Time }
	var history struct {
		Last   uint64
		Events []historyRow
	}
	ctx := r.Context()
	err := errors.Join(
		c.control.do(ctx, http.MethodGet, "/v1/time", nil, &clock),
		c.control.do(ctx, http.MethodGet, "/v1/nodes", nil, &d.Nodes),
		c.control.do(ctx, http.MethodGet, "/v1/faults", nil, &d.Faults),
		c.control.do(ctx, http.MethodGet, "/v1/history?limit=0", nil, &history),
	)
	if err != nil {
		return nil, err
	}
	if history.Last > 0 {
		after := history.Last - min(history.Last, historyEvents)
		if err := c.control.do(ctx, http.MethodGet, "/v1/history?after="+strconv.FormatUint(after, 10), nil, &history); err != nil {
			return nil, err
		}
		slices.Reverse(history.Events)
	}
	d.Now, d.Offset = clock.Time, time.Until(clock.Time).Round(time.Second)
	d.History, d.Last = history.Events, history.Last
	return &view{page: "devserver", Title: "Development cluster", Data: d}, nil
}

// changeDevserver does what a button of the page stands for.
func (c *Console) changeDevserver(r *http.Request) (*view, error) {
	if c.control == nil {
		return nil, notFound("the console knows no control address of a development cluster")
	}
	method, path, body, notice, err := changeOf(r)
	if err != nil {
		return nil, err
	}
	if err := c.control.do(r.Context(), method, path, body, nil); err != nil {
		return nil, err
	}
	return &view{redirect: address("/devserver", "notice", notice)}, nil
}

// nodeVerbs are the changes of a node with what they have done.
var nodeVerbs = map[string]string{
	"kill": "killed", "stop": "stopped", "start": "started", "freeze": "frozen", "thaw": "resumed", "partition": "cut off",
}

// changeOf returns the request to the control interface for a form.
func changeOf(r *http.Request) (method, path string, body any, notice string, err error) {
	do, node := r.PostFormValue("do"), r.PostFormValue("node")
	switch {
	case nodeVerbs[do] != "" && node != "":
		return http.MethodPost, "/v1/nodes/" + url.PathEscape(node) + "/" + do, nil, "Node " + node + " is " + nodeVerbs[do] + ".", nil
	case do == "add":
		return http.MethodPost, "/v1/nodes", nil, "A node is added.", nil
	case do == "advance":
		d, err := time.ParseDuration(r.PostFormValue("by"))
		if err != nil || d == 0 {
			return "", "", nil, "", badRequest("%q is not a duration such as 90s, 10m or 24h", r.PostFormValue("by"))
		}
		return http.MethodPost, "/v1/time", map[string]any{"advance_ms": d.Milliseconds()}, "The clock moved by " + formatDuration(d) + ".", nil
	case do == "fault":
		f, err := faultOf(r)
		return http.MethodPost, "/v1/faults", f, "The fault is installed.", err
	case do == "unfault":
		return http.MethodDelete, "/v1/faults/" + url.PathEscape(r.PostFormValue("id")), nil, "The fault is removed.", nil
	}
	return "", "", nil, "", badRequest("unknown change %q", do)
}

// faultOf returns the fault that the form describes.
func faultOf(r *http.Request) (*control.Fault, error) {
	f := &control.Fault{Node: r.PostFormValue("node")}
	if on := r.PostFormValue("on"); on != "" {
		f.On = []string{on}
	}
	number := func(name string, limit int64) (n int64, err error) {
		if text := r.PostFormValue(name); text != "" {
			if n, err = strconv.ParseInt(text, 10, 64); err != nil || n < 0 || n > limit {
				err = badRequest("%q is not a number from 0 to %d", text, limit)
			}
		}
		return n, err
	}
	count, err1 := number("count", 1<<30)
	value, err2 := number("value", 1<<30)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	f.Count = int(count)
	switch action := r.PostFormValue("action"); action {
	case "delay":
		f.Action.DelayMS = value
	case "refuse":
		if value < 1 || value > 255 {
			return nil, badRequest("a result code is a number from 1 to 255")
		}
		f.Action.Code = uint8(value)
	case "drop":
		f.Action.DropAnswer = true
	case "reset":
		f.Action.Reset = true
	default:
		return nil, badRequest("unknown action %q", action)
	}
	return f, nil
}
