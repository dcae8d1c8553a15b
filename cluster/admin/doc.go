// Package admin is an operator's side of a cluster: users and roles, secondary indexes, modules of
// user-defined functions, running queries, statistics, configuration and XDR filters. Programs that
// only read and write records need package cluster alone.
//
// A Client works over a cluster.Client and shares its connections:
//
//	operator := admin.New(client)
//	task, err := operator.CreateIndex(ctx, nil, admin.Index{Namespace: "test", Set: "people", Name: "people-age", Bin: "age"})
//	if err != nil {
//		return err
//	}
//	err = task.Wait(ctx) // until all nodes have built it
//
// Methods take a policy first, nil for the client's default: a [cluster.AdminPolicy] for users and
// roles, a [cluster.InfoPolicy] for everything else. Their errors are those of package cluster,
// with the name of the method: a *protocol.Error whose code is the server's, or
// protocol.ClientError if nothing was sent.
//
// Methods that ask all nodes return the answers by the nodes' names. The error is that of the first
// node, by name, that fails.
//
// # Users and roles
//
// Commands on users and roles need a cluster with security (Enterprise), and the privilege
// user-admin unless stated otherwise. Without the privilege they fail with protocol.RoleViolation.
// One node does what is asked and the others follow within moments. A cluster without security
// answers protocol.SecurityNotEnabled, and a Community cluster protocol.SecurityNotSupported.
// [cluster.Client.ChangePassword], by which a client changes its own password, is a method of the
// client.
package admin
