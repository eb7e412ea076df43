-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
DROP TABLE IF EXISTS `parts`;
CREATE TABLE `parts` (
  `part_id` int unsigned NOT NULL,
  `part_no` varchar(30) COLLATE utf8mb4_unicode_ci NOT NULL,
  `state` enum('new','done') COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'new',
  `price` decimal(5,2) DEFAULT NULL,
  `total` decimal(5,2) GENERATED ALWAYS AS (`price` * 2) VIRTUAL,
  PRIMARY KEY (`part_id`),
  UNIQUE KEY `part_no_uq` (`part_no`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COMMENT='Parts; all';
LOCK TABLES `parts` WRITE;
INSERT INTO `parts` VALUES (1,'it\'s; CREATE TABLE x (','new',1.00,2.00);
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER `before` BEFORE INSERT ON `parts` FOR EACH ROW BEGIN SET NEW.price = 1; END ;;
DELIMITER ;
ALTER TABLE `parts`
  MODIFY `part_id` int unsigned NOT NULL AUTO_INCREMENT;
