"""The workloads, one module each; whatever assigns `WORKLOAD` here is one."""
