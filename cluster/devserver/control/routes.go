package control

import (
	"net/http"
	"reflect"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// A route is a method and a path with what it does.
type route struct {
	method, path string
	summary      string
	// calls are the names of the methods of devserver.Server that the route offers, separated by
	// spaces.
	calls string
	// parameters are the query parameters besides fork: a name, a colon and a description each.
	parameters []string
	// in and out are the types of the request and the answer. They are nil for a body that is empty
	// or has lines of JSON.
	in, out reflect.Type
	// stream is the media type of a body that is not one JSON value.
	stream string
	serve  func(*call) (any, error)
}

// typed returns a serve function for a route with a JSON body.
func typed[In any](f func(*call, In) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		var in In
		if err := decode(c.request.Body, &in); err != nil {
			return nil, err
		}
		return f(c, in)
	}
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// post returns a route with a JSON request and answer.
func post[In, Out any](path, summary, calls string, f func(*call, In) (any, error)) route {
	return route{method: http.MethodPost, path: path, summary: summary, calls: calls, in: typeOf[In](), out: typeOf[Out](), serve: typed(f)}
}

// get returns a route without a request body.
func get[Out any](path, summary, calls string, f func(*call) (any, error), parameters ...string) route {
	return route{method: http.MethodGet, path: path, summary: summary, calls: calls, out: typeOf[Out](), serve: f, parameters: parameters}
}

// remove returns a route that removes something.
func remove(path, summary, calls string, f func(*call) (any, error), parameters ...string) route {
	return route{method: http.MethodDelete, path: path, summary: summary, calls: calls, out: typeOf[done](), serve: f, parameters: parameters}
}

// done is the answer of a route that has nothing to say.
type done struct {
	OK bool `json:"ok"`
}

var ok = done{true}

// empty is a request without fields.
type empty struct{}

// routes returns the table of all routes.
func routes() []route {
	var all []route
	for _, group := range [][]route{nodeRoutes(), namespaceRoutes(), recordRoutes(), faultRoutes(), stateRoutes(), forkRoutes()} {
		all = append(all, group...)
	}
	return all
}

// exempt are the methods of devserver.Server without a route, with the reason.
var exempt = map[string]string{
	"Close":     "the program that started the server ends it",
	"Dial":      "a connection is no JSON; use the addresses of GET /v1/nodes",
	"ForkT":     "for tests in Go; see POST /v1/forks",
	"Intercept": "takes a function; see POST /v1/faults",
}

func nodeRoutes() []route {
	return []route{
		get[[]devserver.NodeState]("/v1/nodes", "Lists all nodes.", "Nodes NodeNames Seeds TLSSeeds MemberNames", func(c *call) (any, error) { return c.server.Nodes(), nil }),
		post[empty, nodeAdded]("/v1/nodes", "Starts a new node.", "AddNode", (*call).addNode),
		post[empty, done]("/v1/nodes/{node}/kill", "Ends a node as a crash does.", "KillNode", onNode((*devserver.Server).KillNode)),
		post[empty, done]("/v1/nodes/{node}/stop", "Shuts a node down.", "StopNode", onNode((*devserver.Server).StopNode)),
		post[nodeStart, done]("/v1/nodes/{node}/start", "Starts a node that has ended.", "RestartNode", (*call).startNode),
		post[empty, done]("/v1/nodes/{node}/freeze", "Stops a node as SIGSTOP does.", "FreezeNode", onNode((*devserver.Server).FreezeNode)),
		post[empty, done]("/v1/nodes/{node}/thaw", "Resumes a frozen or partitioned node.", "ThawNode", onNode((*devserver.Server).ThawNode)),
		post[empty, done]("/v1/nodes/{node}/lose", "Removes a frozen node from the cluster until it is thawed.", "LoseNode", onNode((*devserver.Server).LoseNode)),
		post[empty, done]("/v1/nodes/{node}/partition", "Cuts a node off: it answers nobody, and the others drop it. Thaw it to end this.", "FreezeNode LoseNode", (*call).partitionNode),
		post[nodeSlow, faultID]("/v1/nodes/{node}/slow", "Delays every request to a node. Returns a fault that can be removed.", "Inject", (*call).slowNode),
		post[empty, holdID]("/v1/holds", "Keeps the cluster's membership unchanged until the hold is removed.", "HoldCluster", (*call).hold),
		remove("/v1/holds/{id}", "Ends a hold.", "HoldCluster", (*call).endHold),
		post[migrate, migrated]("/v1/migrate", "Runs pending migrations, all if n is 0.", "Migrate", (*call).migrate),
		post[move, done]("/v1/move", "Makes a node the master of a partition, or moves n masters at random.", "MovePartition MovePartitions", (*call).move),
		post[infoRequest, infoAnswers]("/v1/info", "Executes info commands at a node.", "Info", (*call).info),
		post[empty, done]("/v1/sessions/expire", "Expires all sessions of logged-in users.", "ExpireSessions", (*call).expireSessions),
	}
}

func namespaceRoutes() []route {
	return []route{
		get[[]devserver.NamespaceState]("/v1/namespaces", "Lists the namespaces with their sets.", "Namespaces", func(c *call) (any, error) { return c.server.Namespaces(), nil }),
		post[namespaceOptions, done]("/v1/namespaces", "Adds a namespace.", "AddNamespace", (*call).addNamespace),
		post[rack, done]("/v1/namespaces/{namespace}/rack", "Moves a node to a rack.", "SetRack", (*call).setRack),
		post[roster, done]("/v1/namespaces/{namespace}/roster", "Sets the roster of a namespace with strong consistency.", "SetRoster", (*call).setRoster),
		post[empty, done]("/v1/namespaces/{namespace}/revive", "Makes dead partitions available again.", "Revive", (*call).revive),
		post[empty, removed]("/v1/namespaces/{namespace}/expire", "Removes expired records.", "RemoveExpired", (*call).removeExpired),
		post[truncation, done]("/v1/namespaces/{namespace}/truncate", "Removes all records of a set, or of the namespace.", "Truncate", (*call).truncate),
		get[[]devserver.IndexState]("/v1/indexes", "Lists the secondary indexes.", "Indexes", func(c *call) (any, error) { return c.server.Indexes(), nil }),
		post[module, done]("/v1/modules", "Registers a UDF module.", "RegisterModule", (*call).registerModule),
	}
}
