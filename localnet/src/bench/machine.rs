// SPDX-License-Identifier: Apache-2.0

//! This machine, and the CPU time of processes on it, from `/proc`.

use crate::error::{Error, Result};

/// Clock ticks of `/proc/<pid>/stat` per second: a constant of the interface on every Linux, whatever the kernel's own.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time that each process has used, user and system together, in microseconds; to 10 ms.
///
/// # Errors
/// A process is gone.
pub fn cpu_us(pids: &[u32]) -> Result<Vec<u64>> {
	pids.iter().map(|pid| read(&format!("/proc/{pid}/stat"))).collect()
}

/// The same of this process.
///
/// # Errors
/// There is no `/proc`.
pub fn own_cpu_us() -> Result<u64> {
	read("/proc/self/stat")
}

/// Most memory that each process has held so far (resident, as the kernel counts), in MiB.
///
/// # Errors
/// A process is gone.
pub fn peak_memory_mib(pids: &[u32]) -> Result<Vec<u64>> {
	let peak = |pid: &u32| {
		let path = format!("/proc/{pid}/status");
		let text = std::fs::read_to_string(&path).map_err(Error::io(format!("cannot read {path}")))?;
		peak_kib(&text)
			.map(|kib| kib >> 10)
			.ok_or_else(|| Error::Unexpected(format!("{path} is not what Linux writes")))
	};
	pids.iter().map(peak).collect()
}

fn peak_kib(status: &str) -> Option<u64> {
	let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
	line.split_whitespace().next()?.parse().ok()
}

fn read(path: &str) -> Result<u64> {
	let text = std::fs::read_to_string(path).map_err(Error::io(format!("cannot read {path}")))?;
	ticks(&text)
		.map(|ticks| ticks * 1_000_000 / TICKS_PER_SECOND)
		.ok_or_else(|| Error::Unexpected(format!("{path} is not what Linux writes")))
}

/// User and system time, the 14th and 15th field. The second is the name in parentheses and may hold spaces.
fn ticks(stat: &str) -> Option<u64> {
	let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace();
	let user: u64 = fields.nth(11)?.parse().ok()?;
	let system: u64 = fields.next()?.parse().ok()?;
	Some(user + system)
}

/// Processor, cores, memory and kernel in one line.
pub fn describe() -> String {
	let file = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
	let value = |text: &str, name: &str| {
		let line = text.lines().find(|line| line.starts_with(name));
		line.and_then(|line| line.split_once(':'))
			.map(|(_, value)| value.trim().to_string())
	};
	let cores = std::thread::available_parallelism().map_or(0, usize::from);
	let processor = value(&file("/proc/cpuinfo"), "model name").unwrap_or_else(|| "processor unknown".into());
	let memory = value(&file("/proc/meminfo"), "MemTotal")
		.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
		.map_or(0, |kib| (kib + (1 << 19)) >> 20);
	let kernel = file("/proc/sys/kernel/osrelease");
	format!("{cores} cores of {processor}, {memory} GiB, Linux {}", kernel.trim())
}

/// The kernel's load average over one minute; 0 where it tells none.
pub fn load_average() -> f64 {
	let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
	text.split_whitespace()
		.next()
		.and_then(|first| first.parse().ok())
		.unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn times_are_found_behind_any_name() {
		let stat = "12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9";
		assert_eq!(ticks(stat), Some(300));
		assert_eq!(ticks("12 no"), None);
		assert!(own_cpu_us().is_ok());
		assert_eq!(peak_kib("Name:\tx\nVmPeak:\t 9 kB\nVmHWM:\t  2048 kB\n"), Some(2048));
		assert_eq!(peak_kib("Name:\tx\n"), None);
	}
}
