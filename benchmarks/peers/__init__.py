"""Other libraries at the same task.  One file each: `prepare` converts a history, which is not measured, and returns a run.

python -m venv peers && peers/bin/pip install . -r benchmarks/peers/requirements.txt
peers/bin/python -m benchmarks.peers
"""
