package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
)

// An indexRow is an index with its statistics on all nodes.
type indexRow struct {
	admin.IndexInfo
	What, Type, Collection string
	Entries, UsedBytes     int64
	Percent                int
}

// indexesPage lists the secondary indexes.
func (c *Console) indexesPage(r *http.Request) (*view, error) {
	list, err := c.admin.Indexes(r.Context(), nil, "")
	if err != nil {
		return nil, err
	}
	rows := []indexRow{}
	for _, x := range list {
		row := indexRow{IndexInfo: x, What: x.Bin, Type: [...]string{"numeric", "string", "blob", "geo2dsphere"}[min(x.Type, 3)], Collection: x.Collection.String(), Percent: 100}
		switch {
		case x.OfSet:
			row.What, row.Type, row.Collection = "all records of the set", "set", ""
		case len(x.Expression) > 0:
			row.What = "an expression"
		case len(x.Context) > 0:
			row.What = "an element of " + x.Bin
		}
		statistics, err := c.admin.IndexStatistics(r.Context(), nil, x.Namespace, x.Name)
		if err != nil && !errors.Is(err, protocol.IndexNotFound) {
			return nil, err
		}
		for _, s := range statistics {
			row.Entries += s.Entries
			row.UsedBytes += s.UsedBytes
			row.Percent = min(row.Percent, s.LoadPercent)
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b indexRow) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Set, b.Set), strings.Compare(a.Name, b.Name))
	})
	return &view{page: "indexes", Title: "Indexes", Data: rows}, nil
}

// A jobRow is a job on one node.
type jobRow struct {
	Node string
	*admin.Job
}

// jobsPage lists the queries and background jobs.
func (c *Console) jobsPage(r *http.Request) (*view, error) {
	jobs, err := c.admin.Jobs(r.Context(), nil)
	if err != nil {
		return nil, err
	}
	rows := []jobRow{}
	for node, list := range jobs {
		for _, j := range list {
			rows = append(rows, jobRow{node, &j})
		}
	}
	slices.SortFunc(rows, func(a, b jobRow) int {
		switch {
		case a.Active() && !b.Active():
			return -1
		case b.Active() && !a.Active():
			return 1
		}
		return cmp.Or(cmp.Compare(a.ID, b.ID), strings.Compare(a.Node, b.Node))
	})
	return &view{page: "jobs", Title: "Jobs", Data: rows}, nil
}

// abortJob aborts a query on all nodes.
func (c *Console) abortJob(r *http.Request) (*view, error) {
	id, err := strconv.ParseUint(r.FormValue("id"), 10, 64)
	if err != nil {
		return nil, badRequest("%q is not the number of a job", r.FormValue("id"))
	}
	switch err := c.admin.AbortQuery(r.Context(), nil, id); {
	case errors.Is(err, admin.ErrNoJob):
		return nil, notFound("no node runs the job any more")
	case err != nil:
		return nil, err
	}
	return &view{redirect: address("/jobs", "notice", "The job is aborted.")}, nil
}

// modulesPage lists the modules of user-defined functions.
func (c *Console) modulesPage(r *http.Request) (*view, error) {
	list, err := c.admin.ListUDF(r.Context(), nil)
	if err != nil {
		return nil, err
	}
	return &view{page: "modules", Title: "Functions", Data: list}, nil
}

// modulePage shows the source of a module.
func (c *Console) modulePage(r *http.Request) (*view, error) {
	name := r.FormValue("name")
	source, err := c.admin.GetUDF(r.Context(), nil, name)
	switch {
	case errors.Is(err, cluster.ErrNoModule):
		return nil, notFound("there is no module %q", name)
	case err != nil:
		return nil, err
	}
	text := string(source)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "�")
	}
	return &view{page: "module", Title: name, Data: text}, nil
}

// A usersData is what the page of users shows.
type usersData struct {
	Users []protocol.User
	Roles []protocol.Role
	// Why is why there are none.
	Why string
}

// usersPage lists users and roles.
func (c *Console) usersPage(r *http.Request) (*view, error) {
	d := new(usersData)
	var err error
	d.Users, err = c.admin.QueryUsers(r.Context(), nil)
	if err == nil {
		d.Roles, err = c.admin.QueryRoles(r.Context(), nil)
	}
	switch {
	case errors.Is(err, protocol.SecurityNotSupported):
		d.Why = "This cluster runs the Community Edition, which has no users."
	case errors.Is(err, protocol.SecurityNotEnabled):
		d.Why = "Security is not enabled on this cluster, so it has no users."
	case errors.Is(err, protocol.RoleViolation), errors.Is(err, protocol.NotAuthenticated):
		d.Why = "The user of the console may not see other users. This needs the privilege user-admin."
	case err != nil:
		return nil, err
	}
	return &view{page: "users", Title: "Users", Data: d}, nil
}
