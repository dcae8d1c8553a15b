package control

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
)

// A forkState describes a fork.
type forkState struct {
	ID       string   `json:"id"`
	Seeds    []string `json:"seeds" doc:"addresses of the nodes"`
	TLSSeeds []string `json:"tls_seeds,omitempty"`
}

// maxForks is the largest number of forks that are open at the same time.
const maxForks = 1000

func forkRoutes() []route {
	const media = "application/octet-stream"
	return []route{
		{method: http.MethodGet, path: "/v1/snapshot", summary: "Returns the whole state as a file for POST /v1/snapshot.", calls: "Snapshot", stream: media, serve: (*call).snapshot},
		{method: http.MethodPost, path: "/v1/snapshot", summary: "Replaces the whole state by that of a file.", calls: "Restore", out: typeOf[done](), stream: media, serve: (*call).restore},
		get[[]forkState]("/v1/forks", "Lists the forks.", "Fork", (*call).listForks),
		post[empty, forkState]("/v1/forks", "Copies the cluster with all its records in about a millisecond. Use fork=ID in other requests for the copy.", "Fork", (*call).fork),
		remove("/v1/forks/{id}", "Closes a fork.", "Fork", (*call).closeFork),
	}
}

// snapshot writes the state. An error after the first byte can only end the answer early.
func (c *call) snapshot() (any, error) {
	c.writer.Header().Set("Content-Type", "application/octet-stream")
	if err := c.server.Snapshot(c.writer); err != nil {
		panic(http.ErrAbortHandler)
	}
	return streamed{}, nil
}

func (c *call) restore() (any, error) { return ok, c.server.Restore(c.request.Body) }

func (t *target) state(id string) forkState {
	return forkState{id, t.server.Seeds(), t.server.TLSSeeds()}
}

func (c *call) fork(empty) (any, error) {
	h := c.handler
	h.mu.Lock()
	full := len(h.forks) >= maxForks
	h.mu.Unlock()
	if full {
		return nil, &statusError{http.StatusConflict, errors.New("too many forks are open")}
	}
	f, err := c.server.Fork()
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errors.Join(errors.New("the server ends"), f.Close())
	}
	h.last++
	id := strconv.Itoa(h.last)
	t := newTarget(f)
	h.forks[id] = t
	return t.state(id), nil
}

func (c *call) listForks() (any, error) {
	h := c.handler
	h.mu.Lock()
	defer h.mu.Unlock()
	list := []forkState{}
	for id, t := range h.forks {
		list = append(list, t.state(id))
	}
	slices.SortFunc(list, func(a, b forkState) int {
		x, _ := strconv.Atoi(a.ID)
		y, _ := strconv.Atoi(b.ID)
		return x - y
	})
	return list, nil
}

func (c *call) closeFork() (any, error) {
	h := c.handler
	id := c.path("id")
	h.mu.Lock()
	t := h.forks[id]
	delete(h.forks, id)
	h.mu.Unlock()
	if t == nil {
		return nil, notFound("no fork " + id)
	}
	t.release()
	return ok, t.server.Close()
}
