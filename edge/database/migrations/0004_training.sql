CREATE TABLE `datasets` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`state` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text,
	`facts` text,
	`idempotency_key` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `datasets_idempotency` ON `datasets` (`tenant_id`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `datasets_tenant` ON `datasets` (`tenant_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `datasets_state` ON `datasets` (`state`,`created_at`);--> statement-breakpoint
CREATE TABLE `training_days` (
	`tenant_id` text NOT NULL,
	`day` text NOT NULL,
	`tokens` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `day`)
);
--> statement-breakpoint
CREATE TABLE `training_events` (
	`job_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`data` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`job_id`, `sequence`)
);
--> statement-breakpoint
CREATE TABLE `training_jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`key_id` text NOT NULL,
	`dataset_id` text NOT NULL,
	`adapter_name` text NOT NULL,
	`base_model` text NOT NULL,
	`plan` text NOT NULL,
	`idempotency_key` text,
	`state` text NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`cleaned_at` integer,
	`deleted_at` integer,
	`attempt` integer DEFAULT 0 NOT NULL,
	`lease` integer DEFAULT 0 NOT NULL,
	`leased_at` integer,
	`lease_expires_at` integer,
	`worker_id` text,
	`beat` integer DEFAULT 0 NOT NULL,
	`progress` text,
	`checkpoint` text,
	`tokens` integer DEFAULT 0 NOT NULL,
	`summary` text,
	`version` integer,
	`error_code` text,
	`error_message` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `training_jobs_idempotency` ON `training_jobs` (`tenant_id`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `training_jobs_tenant` ON `training_jobs` (`tenant_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `training_jobs_state` ON `training_jobs` (`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `training_jobs_dataset` ON `training_jobs` (`dataset_id`);