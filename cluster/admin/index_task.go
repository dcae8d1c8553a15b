package admin

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An IndexTask represents an index that the nodes are building.
type IndexTask struct {
	client          *Client
	namespace, name string
}

// Progress returns the percentage of the index that the slowest node has built. It is 0 if a node
// does not have the index yet.
func (t *IndexTask) Progress(ctx context.Context) (percent int, err error) {
	if t.client == nil {
		return 0, clientError(errNoTask)
	}
	percent = indexReady
	all, err := t.client.onAll(ctx, t.client.indexStat(t.namespace, t.name), func(answer string) (bool, error) {
		loaded, err := indexLoaded(answer)
		percent = min(percent, loaded)
		return true, err
	})
	if !all {
		percent = 0
	}
	return percent, err
}

// Done reports whether all nodes have built the index.
func (t *IndexTask) Done(ctx context.Context) (bool, error) {
	percent, err := t.Progress(ctx)
	return percent == indexReady && err == nil, err
}

// Wait waits until all nodes have built the index. It returns an error if the index can't be built,
// the context ends, or the client is closed.
func (t *IndexTask) Wait(ctx context.Context) error { return info.Await(ctx, wait, t.Done) }

// indexReady is the load_pct of a complete index.
const indexReady = 100

// indexLoaded returns load_pct from a statistics answer. It returns 0 if the node does not have the
// index yet.
func indexLoaded(answer string) (int, error) {
	if e, isError := wire.ParseInfoError(answer); isError {
		if e.Code == protocol.IndexNotFound {
			return 0, nil
		}
		return 0, e
	}
	percent, err := strconv.Atoi(parseFields(answer)["load_pct"])
	if err != nil {
		return 0, clientError(fmt.Errorf("%w: index statistics without load_pct: %.80q", protocol.ErrMalformed, answer))
	}
	return percent, nil
}
