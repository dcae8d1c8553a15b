// Package admin administers a cluster: users and roles, secondary indexes, modules of user-defined
// functions, running queries, statistics, configuration, and XDR filters. Programs that only read
// and write records need only package cluster.
//
// A Client uses a cluster.Client and its connections:
//
//	operator := admin.New(client)
//	task, err := operator.CreateIndex(ctx, nil, admin.Index{Namespace: "test", Set: "people", Name: "people-age", Bin: "age"})
//	if err != nil {
//		return err
//	}
//	err = task.Wait(ctx) // until all nodes have built it
//
// After the context, methods take a policy: a [cluster.AdminPolicy] for users and roles, a
// [cluster.InfoPolicy] for everything else. A nil policy means the client's default. Errors are
// those of package cluster and include the name of the method: a *protocol.Error with the result
// code that the server returned, or with protocol.ClientError if nothing was sent.
//
// Methods that query all nodes return a map with one entry per node; the keys are node names. If
// several nodes fail, the error is that of the node whose name sorts first.
//
// # Users and roles
//
// Commands on users and roles need an Enterprise cluster with security enabled. Unless stated
// otherwise they also need the privilege user-admin, and fail with protocol.RoleViolation without
// it. One node executes the command, and the change reaches the other nodes shortly afterwards. If
// security is not enabled the error is protocol.SecurityNotEnabled; on a Community cluster it is
// protocol.SecurityNotSupported. To change a client's own password call
// [cluster.Client.ChangePassword].
package admin
