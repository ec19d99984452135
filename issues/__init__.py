"""What is published: publications, volumes, numbered issues, and their approval."""
